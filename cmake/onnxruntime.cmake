# Provides the target onnxruntime::onnxruntime (include as <onnxruntime_cxx_api.h>), from the first of:
#   1. ORT_ROOT (variable or environment): an unpacked official release, with include/ and lib/
#   2. a copy that CMake can find (a system package)
#   3. the pinned copy in the user's cache, downloaded once by tools/install-onnxruntime
#
# The library's symbols carry a version tag and its SONAME is libonnxruntime.so.1, so the file that we link is
# the file that we run: linked under that name, with the run path set to its folder.
include_guard()
option(PARAGON_FETCH_ONNXRUNTIME "Download ONNX Runtime when none is found" ON)
set(paragon_onnxruntime_min 1.17)

function(paragon_import_onnxruntime root)
  find_path(include_dir onnxruntime_cxx_api.h NO_CACHE NO_DEFAULT_PATH
            PATHS ${root}/include PATH_SUFFIXES onnxruntime onnxruntime/core/session)
  find_library(library NAMES libonnxruntime.so.1 onnxruntime NO_CACHE NO_DEFAULT_PATH
               PATHS ${root}/lib ${root}/lib64)
  if(NOT include_dir OR NOT library)
    message(FATAL_ERROR "No ONNX Runtime in '${root}': expected include/onnxruntime_cxx_api.h and "
                        "lib/libonnxruntime.so.1, as in an official release.")
  endif()
  add_library(onnxruntime::onnxruntime SHARED IMPORTED GLOBAL)
  set_target_properties(onnxruntime::onnxruntime PROPERTIES
    IMPORTED_LOCATION ${library}
    IMPORTED_SONAME libonnxruntime.so.1
    INTERFACE_INCLUDE_DIRECTORIES ${include_dir})
  message(STATUS "ONNX Runtime: ${library}")
endfunction()

if(NOT ORT_ROOT AND DEFINED ENV{ORT_ROOT})
  set(ORT_ROOT $ENV{ORT_ROOT})
endif()
if(ORT_ROOT)
  paragon_import_onnxruntime(${ORT_ROOT})
else()
  find_package(onnxruntime ${paragon_onnxruntime_min} CONFIG QUIET)
  if(TARGET onnxruntime::onnxruntime)
    set_target_properties(onnxruntime::onnxruntime PROPERTIES IMPORTED_GLOBAL TRUE)
    message(STATUS "ONNX Runtime: ${onnxruntime_VERSION}, ${onnxruntime_DIR}")
  elseif(PARAGON_FETCH_ONNXRUNTIME)
    # Says on stderr what it downloads, and on stdout where the copy lies.
    execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/install-onnxruntime
                    OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "No ONNX Runtime. Set ORT_ROOT to an unpacked official release, or see above why "
                          "tools/install-onnxruntime failed.")
    endif()
    paragon_import_onnxruntime(${root})
  else()
    message(FATAL_ERROR "No ONNX Runtime: set ORT_ROOT to an unpacked official release.")
  endif()
endif()
