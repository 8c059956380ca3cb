# A room is a folder of src/ with one responsibility (docs/architecture.md). Its CMakeLists.txt is one line:
#
#   paragon_room(brain DEPENDS base catalog PACKAGES fmt::fmt)
#
# which makes, from src/brain/**:
#   paragon_brain   static library of *.cpp (an interface library when the room has only headers)
#   brain_test      all *_test.cpp, GoogleTest and GoogleMock, every test known to CTest as brain.Suite.Case
#   brain_bench     all *_bench.cpp, Google Benchmark; also run once, briefly, as a test so that none rots
#
# DEPENDS are rooms and PACKAGES are CMake targets, both visible to whoever uses the room.
# A room may only depend on rooms that come before it in paragon_rooms (top CMakeLists.txt).
include_guard()
include(GoogleTest)

# Registers the tests of a GoogleTest program with CTest, one by one, under PREFIX, with LABEL.
function(paragon_register_tests target prefix label timeout_s)
  gtest_discover_tests(${target}
    TEST_PREFIX "${prefix}."
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    PROPERTIES TIMEOUT ${timeout_s} LABELS ${label})
endfunction()

function(paragon_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "DEPENDS;PACKAGES")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "paragon_room(${name}): unexpected ${room_UNPARSED_ARGUMENTS}; takes DEPENDS and PACKAGES")
  endif()
  list(FIND paragon_rooms ${name} here)
  foreach(dependency IN LISTS room_DEPENDS)
    list(FIND paragon_rooms ${dependency} there)
    if(there LESS 0 OR there GREATER_EQUAL here)
      message(FATAL_ERROR "paragon_room(${name}): may not depend on '${dependency}', "
                          "which does not come before it in paragon_rooms")
    endif()
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")

  set(library paragon_${name})
  set(scope PUBLIC)
  if(sources)
    add_library(${library} STATIC ${sources})
  else()
    set(scope INTERFACE)
    add_library(${library} INTERFACE)
  endif()
  target_include_directories(${library} ${scope} ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM room_DEPENDS PREPEND paragon_ OUTPUT_VARIABLE libraries)
  target_link_libraries(${library} ${scope} ${libraries} ${room_PACKAGES})

  if(tests AND PARAGON_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${library} GTest::gmock GTest::gtest_main)
    target_compile_options(${name}_test PRIVATE -O0)  # what is tested is optimised; the tests only have to build quickly
    target_compile_definitions(${name}_test PRIVATE PARAGON_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
      set(timeout_s 60)
    else()
      set(timeout_s 240)  # sanitizers
    endif()
    paragon_register_tests(${name}_test ${name} ${name} ${timeout_s})
  endif()
  if(benches AND PARAGON_TESTS)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${library} benchmark::benchmark_main)
    target_compile_definitions(${name}_bench PRIVATE PARAGON_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name}.bench COMMAND ${name}_bench --benchmark_min_time=0.001
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name}.bench PROPERTIES TIMEOUT 120 LABELS ${name})
  endif()

  # What tests/rooms checks: the room, what it may include, and its archive if it has one.
  set(archive "")
  if(sources)
    set(archive $<TARGET_FILE:${library}>)
  endif()
  list(JOIN room_DEPENDS "," depends)
  set_property(GLOBAL APPEND PROPERTY paragon_built_rooms ${name})
  set_property(GLOBAL APPEND PROPERTY paragon_room_facts "${name}|${depends}|${archive}")
endfunction()
