#include <cstdio>

#include "stand_in.h"

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (!arguments.empty() && arguments[0] == "worker") return run_worker(arguments);
  if (arguments.size() == 2 && arguments[0] == "host") return run_host(arguments[1]);
  std::fputs("usage: cloud_stand_in worker ... | host FOLDER\n", stderr);
  return 2;
}
