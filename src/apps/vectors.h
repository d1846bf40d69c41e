// A profile against its own vectors: what is given, what is mailed and stored of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "src/apps/profile.h"
#include "src/base/env.h"

namespace pwreset {

/// What a vector does not agree in: "stored 'token' of the vector at line 48". Empty: it holds.
std::vector<std::string> faults_of(const Profile& profile, const Vector& vector, const Env& env);
/// The same of all of them.
std::vector<std::string> faults_of_vectors(const Profile& profile, const Env& env);

}  // namespace pwreset
