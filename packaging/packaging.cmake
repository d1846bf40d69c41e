# What is installed besides the program, and how the Debian package is made of it: script/package.

# --- completions, from the program itself -----------------------------------------------------------------------------
set(completions ${CMAKE_BINARY_DIR}/completions)
file(MAKE_DIRECTORY ${completions})
foreach(shell IN ITEMS bash zsh fish)
  add_custom_command(OUTPUT ${completions}/pwreset.${shell}
                     COMMAND pwreset completion ${shell} > ${completions}/pwreset.${shell}
                     DEPENDS pwreset VERBATIM)
  list(APPEND scripts ${completions}/pwreset.${shell})
endforeach()
add_custom_target(completions ALL DEPENDS ${scripts})
install(FILES ${completions}/pwreset.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pwreset)
install(FILES ${completions}/pwreset.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# --- what to look at before anything is configured --------------------------------------------------------------------
set(examples ${CMAKE_INSTALL_DATADIR}/doc/pwreset/examples)
install(FILES packaging/sample.toml packaging/cron packaging/sudoers-rs DESTINATION ${examples})
install(DIRECTORY packaging/grants DESTINATION ${examples})

# --- the Debian package alone: paths that are Debian's, not the prefix's ----------------------------------------------
# Not part of `cmake --install`: a sudo rule for /usr/bin/pwreset has no business beside /usr/local.
function(debian_files destination)
  install(FILES ${ARGN} DESTINATION ${destination} COMPONENT debian EXCLUDE_FROM_ALL)
endfunction()
set(name $ENV{DEBFULLNAME})
set(address $ENV{DEBEMAIL})
if(NOT name OR NOT address)
  set(name "The pwreset authors")
  set(address "pwreset@example.org")
endif()
set(PWRESET_MAINTAINER "${name} <${address}>" CACHE STRING "Whom the package names; DEBFULLNAME and DEBEMAIL")
configure_file(packaging/debian/changelog.in ${CMAKE_BINARY_DIR}/debian/changelog @ONLY)
file(GLOB units packaging/systemd/*)
debian_files(/usr/lib/systemd/system ${units})
debian_files(/usr/share/doc/pwreset packaging/debian/copyright ${CMAKE_BINARY_DIR}/debian/changelog)
install(FILES ${completions}/pwreset.zsh DESTINATION /usr/share/zsh/vendor-completions RENAME _pwreset
        COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/sudoers DESTINATION /etc/sudoers.d RENAME pwreset PERMISSIONS OWNER_READ GROUP_READ
        COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pwreset)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${PWRESET_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "account recovery for applications with users in MySQL or MariaDB")
set(CPACK_PACKAGE_DESCRIPTION
    "Support agents, cron jobs and administrators start and explain password
resets with it, directly on the application's own table of users: links and
codes go to the stored address only, nobody learns a password, and who did
what to whom is recorded in a sealed trail.
.
It runs as a system user of its own. People reach it through sudo, by being
members of the group pwreset-users; what each of them may do is configured.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};pwreset;ALL;/;${CMAKE_BINARY_DIR};pwreset;debian;/")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian/compress.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, sudo")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script IN ITEMS postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/debian/${script})
endforeach()
include(CPack)
