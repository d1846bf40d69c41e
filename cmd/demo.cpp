#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>

#include "cmd/command.h"
#include "cmd/run.h"
#include "db/app/demo.h"
#include "src/base/caller.h"
#include "src/base/encoding.h"
#include "src/base/process.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

namespace fs = std::filesystem;

fs::path make_folder(const Env& env) {
    std::string pattern = env.variable("TMPDIR").value_or("/tmp") + "/pwreset-demo-XXXXXX";
    if (!::mkdtemp(pattern.data()))
        throw io_error("cannot make a folder for the demo", "set TMPDIR to one that can be written");
    return pattern;
}

void write_config(const fs::path& file) {
    std::ofstream(file)
        << "application = \"demo\"\n\n"
           "[database]\nkind = \"sqlite\"\npath = \"shop.sqlite\"\n\n"
           "[users]\nactive = \"active\"\nlocale = \"locale\"\nrole = \"role\"\nprotected = [\"admin\"]\n\n"
           "[reset]\nlink = \"https://shop.example.com/reset-password/{token}\"\n\n"
           "[mail]\ntransport = \"maildir\"\nmaildir = \"maildir\"\nfrom = \"Demo Shop "
           "<no-reply@shop.example.com>\"\n\n"
           "[text]\nproduct = \"Demo Shop\"\nsupport = \"help@shop.example.com\"\n";
}

/// The stage of the play: one folder, one configuration, commands run as a person would run them.
class Play {
public:
    Play(const Env& env, fs::path folder) : env_(env), folder_(std::move(folder)), config_(folder_ / "shop.toml") {
        // A play is no news for the machine's journal.
        env_.journal = {};
        // Played by whoever owns the folder, also under sudo.
        env_.variable = [outside = env.variable](const char* name) {
            return std::string_view(name) == "SUDO_UID" ? std::nullopt : outside(name);
        };
    }

    void say(const std::string& text) { env_.out << "\n" << text << "\n"; }

    /// Shows the command, runs it, and goes on whatever its exit code.
    void command(std::vector<std::string> arguments) {
        env_.out << "$ pwreset";
        for (const auto& argument : arguments) env_.out << " " << argument;
        env_.out << "\n" << std::flush;
        arguments.insert(arguments.end(), {"--config", config_.string()});
        const int exit = run(env_, arguments);
        env_.out << std::flush;
        env_.err << std::flush;
        if (exit != 0) env_.out << "(exit " << exit << ")\n";
    }

    /// The newest mail's plain text; it holds the link, which is why only the user should see it.
    std::string newest_mail() const {
        fs::path newest;
        for (const auto& entry : fs::directory_iterator(folder_ / "maildir" / "new")) {
            if (newest.empty() || entry.last_write_time() > fs::last_write_time(newest)) newest = entry.path();
        }
        std::ostringstream text;
        text << std::ifstream(newest).rdbuf();
        return text.str();
    }

    void show_mail(const std::string& mail) {
        const auto from = mail.find("\r\n\r\n", mail.find("text/plain"));
        const auto to = mail.find("\r\n--", from);
        std::istringstream body(mail.substr(from + 4, to - from - 4));
        for (std::string line; std::getline(body, line);) {
            if (!line.empty() && line.back() == '\r') line.pop_back();
            env_.out << "  | " << line << "\n";
        }
    }

    /// The application's side: it takes the token out of the link and uses it.
    void use_link(const std::string& mail) {
        const std::string page = "/reset-password/";
        const auto token = mail.substr(mail.find(page) + page.size(), 64);
        const Config config = load_config(env_, config_.string());
        db::Session session(connect_options(config.database));
        const auto account = db::use_link_as_application(session, "demo", hex(sha256(token)), "$2y$12$new");
        env_.out << (account.empty() ? "  the link is no good\n"
                                     : "  the link is good: new password set for id:" + account + "\n");
    }

    void prepare() {
        write_config(config_);
        const Config config = load_config(env_, config_.string());
        db::Session session(connect_options(config.database));
        db::create_demo_users(session);
    }

    const fs::path& folder() const { return folder_; }

private:
    Env env_;
    fs::path folder_;
    fs::path config_;
};

void run_demo(const Stage& stage) {
    if (acts_for_another(stage.env)) {
        throw forbidden("the demo writes files, which is not done for somebody else", "run it without sudo");
    }
    Play play(stage.env, make_folder(stage.env));
    play.prepare();
    play.say(
        "An application with four users, in SQLite; mail goes into a folder. First, pwreset makes its own tables and "
        "keys.");
    play.command({"migrate"});
    play.say("Ana cannot log in. A support agent sends her a reset link, and never sees it:");
    play.command({"request", "ana@example.com", "--ticket", "SUP-4702", "--reason", "'forgot it'"});
    play.say("What Ana receives:");
    const auto mail = play.newest_mail();
    play.show_mail(mail);
    play.say("She asks again at once; the agent learns why not, and when:");
    play.command({"request", "ana@example.com"});
    play.say(
        "She opens the link. The application checks it against the digest in pwreset_tokens (SQL: pwreset-tokens(5)):");
    play.use_link(mail);
    play.say("And a second time, from the browser's history:");
    play.use_link(mail);
    play.say("Policy: an administrator's account is protected, a disabled one refused, a look-alike never mistaken.");
    play.command({"request", "root@example.com"});
    play.command({"request", "gone@example.com"});
    play.say(
        "To be sure who is calling, the agent sends a code that can reset nothing; `verify-otp` checks what is read "
        "out.");
    play.command({"send-otp", "reza@example.com", "--for", "caller"});
    play.say("What is live, and what became of the rest:");
    play.command({"list-tokens"});
    play.say("Who did what, when and why:");
    play.command({"audit", "--limit", "6"});
    play.say("Everything is in " + play.folder().string() + ". Go on with:\n  " + program_path().value_or("pwreset") +
             " --config " + (play.folder() / "shop.toml").string() + " list-tokens --json");
}

}  // namespace

Command demo_command(CommandLine& parent) {
    auto& line = parent.command("demo", "play the whole flow on an embedded database, with mail written to a folder");
    return {&line, Needs::nothing, {}, run_demo};
}

}  // namespace pwreset
