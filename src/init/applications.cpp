#include "src/init/applications.h"

#include "src/base/error.h"

namespace pwreset {

std::string readable_applications() {
    return "Laravel (.env), WordPress (wp-config.php), Symfony (.env), Ghost (config.production.json), Rails and "
           "Redmine "
           "(config/database.yml), Django (manage.py), Strapi (.env)";
}

Facts read_application_files(const Files& files) {
    // Those whose files nobody else has come first.
    for (const auto read :
         {read_wordpress, read_ghost, read_laravel, read_django, read_strapi, read_symfony, read_rails}) {
        if (auto facts = read(files)) return std::move(*facts);
    }
    throw invalid_input(
        "no application in this folder whose files are known: " + readable_applications(),
        "name the folder with these files; or leave --from away, and the application is known by its tables");
}

}  // namespace pwreset
