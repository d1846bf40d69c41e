#include "src/secrets/secrets.h"

#include <string>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("a password in the file is refused and never repeated") {
    const std::string hint =
        "put it into a file of mode 0600 and write password_file = \"database.password\"; "
        "change the password if others could read this file";
    CHECK(fault_of(with(user, user + "\npassword = \"hunter2\"")) ==
          "6:1: password written into the file: 'database.password' | " + hint);
    CHECK(fault_of(with(relay, relay + "\npasswd = \"hunter2\"")) ==
          "13:1: password written into the file: 'mail.passwd' | put it into a file of mode 0600 and write "
          "password_file = \"mail.password\"; change the password if others could read this file");
}
