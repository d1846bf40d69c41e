#include "src/base/concern.h"

namespace pwreset {

std::string refusal_words(Concern concern, const std::string& relay, const std::string& sender) {
    const std::string who = "relay '" + relay + "'";
    switch (concern) {
        case Concern::recipient:
            return who + " refuses the recipient";
        case Concern::sender:
            return who + " refuses the sender '" + sender + "'";
        case Concern::login:
            return who + " wants another login than ours";
        case Concern::quota:
            return who + " takes no more mail from '" + sender + "' for now";
        case Concern::policy:
            return who + " refuses our mail by its policy";
        case Concern::routing:
            return who + " does not carry our mail there";
        case Concern::smtputf8:
            return who + " cannot take the address without SMTPUTF8";
        case Concern::size:
            return who + " takes no mail of this size";
        case Concern::relay:
            return who + " takes no mail from us for now";
    }
    return who;
}

}  // namespace pwreset
