// The module pwreset-phone.so: the only file that knows libphonenumber.
#include <phonenumbers/phonenumberutil.h>

#include "src/account/phone.h"

namespace pwreset {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

const char* fault_of(PhoneNumberUtil::ErrorType error) {
    switch (error) {
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
            return "no country has that code";
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
        case PhoneNumberUtil::TOO_SHORT_NSN:
            return "it is too short";
        case PhoneNumberUtil::TOO_LONG_NSN:
            return "it is too long";
        default:
            return "it is no number";
    }
}

const char* fault_of(const PhoneNumberUtil& util, const PhoneNumber& number) {
    switch (util.IsPossibleNumberWithReason(number)) {
        case PhoneNumberUtil::TOO_SHORT:
        case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
            return "it is too short";
        case PhoneNumberUtil::TOO_LONG:
            return "it is too long";
        default:
            return "no such number is given out";
    }
}

/// The library's data is years old, so a number that it does not know may be somebody's; but not one of few digits,
/// which is the beginning of another or a short number for all.
bool may_be_given_out(const PhoneNumberUtil& util, const PhoneNumber& number) {
    constexpr std::size_t shortest_unknown = 7;
    constexpr std::size_t longest_number = 15;  // E.164, with the code of the country
    std::string significant;
    util.GetNationalSignificantNumber(number, &significant);
    const std::size_t whole = std::to_string(number.country_code()).size() + significant.size();
    return significant.size() >= shortest_unknown && whole <= longest_number && util.IsPossibleNumber(number);
}

bool is_mobile(const PhoneNumberUtil& util, const PhoneNumber& number) {
    const auto type = util.GetNumberType(number);
    return type == PhoneNumberUtil::MOBILE || type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
}

Phone phone_of(const PhoneNumberUtil& util, const PhoneNumber& number, const std::string& region) {
    Phone phone;
    util.Format(number, PhoneNumberUtil::E164, &phone.e164);
    util.Format(number, PhoneNumberUtil::INTERNATIONAL, &phone.international);
    if (number.country_code() == util.GetCountryCodeForRegion(region))
        util.Format(number, PhoneNumberUtil::NATIONAL, &phone.national);
    util.GetRegionCodeForNumber(number, &phone.region);
    phone.mobile = is_mobile(util, number);
    return phone;
}

/// "4915112345678" is +49 151 12345678 to whoever stored it, but some plans are so wide that libphonenumber takes it
/// for a number of the area 4915. A mobile with the country code is meant where there is no mobile without.
bool means_country_code(const PhoneNumberUtil& util, const std::string& digits, const std::string& region,
                        const PhoneNumber& national, PhoneNumber& with_code) {
    const std::string code = std::to_string(util.GetCountryCodeForRegion(region));
    if (digits.compare(0, code.size(), code) != 0 || is_mobile(util, national)) return false;
    return util.Parse("+" + digits, region, &with_code) == PhoneNumberUtil::NO_PARSING_ERROR &&
           is_mobile(util, with_code);
}

}  // namespace
}  // namespace pwreset

bool pwreset_read_phone(const std::string& digits, const std::string& region, pwreset::PhoneReading& reading) noexcept {
    const auto& util = *pwreset::PhoneNumberUtil::GetInstance();
    if (util.GetCountryCodeForRegion(region) == 0) return false;
    pwreset::PhoneNumber number;
    pwreset::PhoneNumber with_code;
    const auto error = util.Parse(digits, region, &number);
    if (pwreset::means_country_code(util, digits, region, number, with_code)) {
        reading.phone = pwreset::phone_of(util, with_code, region);
    } else if (error != pwreset::PhoneNumberUtil::NO_PARSING_ERROR) {
        reading.fault = pwreset::fault_of(error);
    } else if (!util.IsValidNumber(number) && !pwreset::may_be_given_out(util, number)) {
        reading.fault = pwreset::fault_of(util, number);
    } else {
        reading.phone = pwreset::phone_of(util, number, region);
        reading.phone->given_out = util.IsValidNumber(number);
    }
    return true;
}
