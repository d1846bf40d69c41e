# Puts the files of a folder into the program, so that it runs from anywhere: embed_folder(FOLDER NAME OUTPUT.cpp) writes
# `embedded_NAME()`, which answers the files as pairs of path (relative to FOLDER) and content.
set(EMBED_DIR ${CMAKE_CURRENT_LIST_DIR})
function(embed_folder folder name output)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/${folder} -DNAME=${name} -DOUTPUT=${output}
            -P ${EMBED_DIR}/embed_files.cmake
    DEPENDS ${files} ${EMBED_DIR}/embed_files.cmake
    COMMENT "Embedding ${folder}/")
endfunction()
