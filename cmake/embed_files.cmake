# Run by embed.cmake at build time.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} content)
  string(APPEND rows "        {\"${file}\", R\"embedded(${content})embedded\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed_files.cmake.
#include <string_view>
#include <utility>
#include <vector>

namespace pwreset {
std::vector<std::pair<std::string_view, std::string_view>> embedded_${NAME}() {
    return {
${rows}    };
}
}  // namespace pwreset
")
