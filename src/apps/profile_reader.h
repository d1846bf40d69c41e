// What the sections of a profile say, read with their types and places. Used by read_profile() alone.
#pragma once

#include <vector>

#include "src/apps/profile.h"
#include "src/toml/reader.h"

namespace pwreset {

/// The secrets that [secrets] names. Their files stay unread without a source.
std::vector<ProfileSecret> read_profile_secrets(const ConfigText& text, const SecretSource* source);
/// The columns of `reads`.
std::vector<ReadColumn> read_read_columns(const ConfigText& text);
/// [reset.django] or [reset.jwt], what the scheme asks for.
SchemeKeys read_scheme_keys(const ConfigText& text, Scheme scheme, const std::vector<ScopeName>& scope);
/// [reset.store], its expressions by what `scope` names.
ResetStore read_store(const ConfigText& text, std::vector<ScopeName> scope);
/// What a profile says of the columns beside the password's, which [temporary_password] has.
PasswordStore read_password_store(const ConfigText& text, const SideColumns& side);
/// The vectors of the profile.
std::vector<Vector> read_vectors(const ConfigText& text);

/// The expression that a key holds, absent when it is not given. Throws Error CONFIG at the byte that is wrong.
Expression read_expression(const Section& section, std::string_view key, const std::vector<ScopeName>& scope,
                           bool may_draw = false);
/// Every key of a table as a name and its expression.
std::vector<NamedExpression> read_expressions(const Section& table, const std::vector<ScopeName>& scope,
                                              bool may_draw = false);
/// Every key of a table as a column and a constant.
Constants read_profile_constants(const Section& table);

/// Holds a profile to SPEC-like rules that no single key shows: what may be written, what it draws, what its clocks
/// mean. Throws Error CONFIG.
void check_profile(const ConfigText& text, const Config& config, const Profile& profile);

}  // namespace pwreset
