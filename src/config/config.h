// The configuration of one application: read from one TOML file, validated once, then never changed. Each section has a
// file of its own here, with its keys, their defaults and what they may hold.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "src/config/captcha.h"
#include "src/config/database.h"
#include "src/config/limits.h"
#include "src/config/network.h"
#include "src/config/operators.h"
#include "src/config/public.h"
#include "src/config/reset.h"
#include "src/config/retention.h"
#include "src/config/sms.h"
#include "src/config/temporary_password.h"
#include "src/config/text.h"
#include "src/config/users.h"
#include "src/mail/section.h"

namespace pwreset {

class ConfigText;

struct Config {
    std::string application;     ///< the value of every `app` column
    std::filesystem::path file;  ///< where it was read from
    uid_t owner = 0;             ///< whose file it is: without [operators], the one who may do everything
    std::filesystem::path keys;  ///< folder of application.key and pwreset.key
    DatabaseConfig database;
    UsersConfig users;
    ResetConfig reset;
    TemporaryPasswordConfig temporary_password;
    LimitsConfig limits;
    PublicConfig web;  ///< [public], a word of the language
    MailConfig mail;
    NetworkConfig network;
    std::optional<SmsConfig> sms;          ///< nothing: no text messages
    std::optional<CaptchaConfig> captcha;  ///< nothing: none is asked for
    TextConfig text;
    RetentionConfig retention;
    std::optional<OperatorsConfig> operators;        ///< nothing: the owner of the file only
    std::shared_ptr<const ConfigText> text_of_file;  ///< with the profile it stands on, which src/apps reads
};

}  // namespace pwreset
