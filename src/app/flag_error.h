// What is said of a command line that cannot be understood.
#pragma once

#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace paragon {

// "paragon COMMAND: what is wrong" and a line that points to --help.
std::string flag_error(const CLI::App* app, const CLI::Error& error);

}  // namespace paragon
