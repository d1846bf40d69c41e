# Debian wants its manual pages and the change log compressed, without names and times in them. Run by CPack on the
# folder that becomes the package.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/man/*.[1-8])
file(GLOB_RECURSE logs ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/doc/pwreset/changelog)
execute_process(COMMAND gzip -9n ${pages} ${logs} COMMAND_ERROR_IS_FATAL ANY)
