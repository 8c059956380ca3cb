#include "app/standard_output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace paragon {
namespace {

bool nobody_reads() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace

int after_output(int status) {
  const int error = std::fflush(stdout) != 0 ? errno : 0;
  if (error == 0 && std::ferror(stdout) == 0) return status;
  if (nobody_reads()) return status;
  // Of a write before the last one only that it failed is known.
  std::fprintf(stderr, "paragon: standard output cannot be written: %s\n",
               error != 0 ? std::strerror(error) : "is there room on the disk?");
  return status == 0 ? kOutputLost : status;
}

}  // namespace paragon
