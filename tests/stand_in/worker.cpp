#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include "stand_in.h"
#include "wire/http_server.h"

using namespace paragon;

namespace {

std::string option(const std::vector<std::string>& arguments, const std::string& name) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == name) return arguments[i + 1];
  return {};
}

std::string whole(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void spin(double seconds) {
  volatile double sink = 0;
  for (const double end = cpu_seconds() + seconds; cpu_seconds() < end;)
    for (int i = 0; i < 1000; ++i) sink = sink + i;
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments) {
  const std::string behaviour = whole(option(arguments, "--catalog"));
  const auto told = [&](const char* word) { return behaviour.find(word) != std::string::npos; };
  if (told("exit_at_boot")) return 7;

  std::string facts = std::to_string(::getpid()) + "\n";
  for (const auto& word : arguments) facts += word + " ";
  facts += "\nfiles:";  // listed before anything is opened here
  if (DIR* folder = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(folder))
      if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
        facts += std::string(" ") + entry->d_name;
    ::closedir(folder);
  }

  Loop loop;
  boost::asio::posix::stream_descriptor lifeline(
      loop.context(), std::atoi(option(arguments, "--lifeline-fd").c_str()));
  char byte;
  lifeline.async_read_some(boost::asio::buffer(&byte, 1),
                           [](boost::system::error_code, std::size_t) { ::_exit(9); });

  std::vector<Loop::Timer> sleeping;
  std::vector<http::Reply> hung;
  http::ServerSettings settings;
  settings.address = option(arguments, "--listen");
  auto server =
      http::Server::listen(loop, settings, [&](http::Request&& request, http::Reply reply) {
        std::stringstream words(request.body);
        std::string verb;
        int ms = 0;
        words >> verb >> ms;
        http::Response response;
        response.body = facts;
        if (verb == "crash") ::raise(SIGKILL);
        if (verb == "hang") return hung.push_back(reply);
        if (verb == "sleep")
          return sleeping.push_back(
              loop.after(std::chrono::milliseconds(ms), [reply, response] { reply(response); }));
        if (verb == "spin") spin(ms / 1000.0);
        reply(std::move(response));
      });
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  loop.on_signal([&](int) {
    if (!told("ignore_sigterm")) (*server)->drain([] { ::_exit(0); });
  });
  if (!told("never_ready")) {
    const int ready = std::atoi(option(arguments, "--ready-fd").c_str());
    const std::string line = "ready 0\n";
    if (::write(ready, line.data(), line.size()) < 0) return 1;
    ::close(ready);
  }
  loop.run();
  return 0;
}
