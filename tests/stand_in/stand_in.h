// The two things the stand-in program can be.
#pragma once

#include <string>
#include <vector>

// Keeps the contract of `paragon worker` towards clouds (--listen, --ready-fd, --lifeline-fd,
// drain;
// --orphan-after, --spot-notices and GET /paragon/v1/instance; --lambda: events of the Lambda
// Runtime API) and does what the body of a POST says, in words:
//   "ok"        answers at once, with its process number, its arguments and its open files
//   "sleep MS"  answers after that time
//   "spin MS"   answers after having computed for that much CPU time
//   "crash"     ends by SIGKILL
//   "hang"      never answers
// The file given as --catalog, if any, says how it behaves itself, in words: exit_at_boot,
// never_ready, ignore_sigterm.
int run_worker(const std::vector<std::string>& arguments);

// Holds a local cloud in the given folder with one machine and one busy environment, writes
// "<machine's process> <environment's process>\n" to stdout, and goes on until it is killed.
int run_host(const std::string& run_dir);
