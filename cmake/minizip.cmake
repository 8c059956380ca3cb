# Provides the target minizip::minizip (include as <minizip/zip.h>): Debian's libminizip-dev, which brings no file that
# CMake could find it by. The archive is preferred: it is small, and one library less to load for every worker.
include_guard()
find_path(minizip_include_dir minizip/zip.h)
find_library(minizip_library NAMES libminizip.a minizip)
if(NOT minizip_include_dir OR NOT minizip_library)
  message(FATAL_ERROR "No minizip: run tools/install-deps (Debian's package is libminizip-dev)")
endif()
add_library(minizip::minizip UNKNOWN IMPORTED)
set_target_properties(minizip::minizip PROPERTIES
  IMPORTED_LOCATION ${minizip_library}
  INTERFACE_INCLUDE_DIRECTORIES ${minizip_include_dir}
  INTERFACE_LINK_LIBRARIES ZLIB::ZLIB)
