#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include "cloud/aws/spot_watch.h"
#include "stand_in.h"
#include "wire/http_server.h"
#include "worker/instance.h"
#include "worker/lambda/events.h"
#include "worker/lambda/runtime.h"

using namespace paragon;

namespace {

std::string option(const std::vector<std::string>& arguments, const std::string& name) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == name) return arguments[i + 1];
  return {};
}

bool flag(const std::vector<std::string>& arguments, const std::string& name) {
  return std::find(arguments.begin(), arguments.end(), name) != arguments.end();
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

// This process, its arguments and its open files.
std::string own_facts(const std::vector<std::string>& arguments) {
  std::string facts = std::to_string(::getpid()) + "\n";
  for (const auto& word : arguments) facts += word + " ";
  facts += "\nfiles:";
  if (DIR* folder = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(folder))
      if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
        facts += std::string(" ") + entry->d_name;
    ::closedir(folder);
  }
  return facts;
}

// Does what the words of a body say.
class Obedient {
 public:
  Obedient(Loop& loop, std::string facts) : loop_(loop), facts_(std::move(facts)) {}

  void handle(const http::Request& request, const http::Reply& reply) {
    std::stringstream words(request.body);
    std::string verb;
    int ms = 0;
    words >> verb >> ms;
    http::Response response;
    response.body = facts_;
    if (verb == "crash") ::raise(SIGKILL);
    if (verb == "hang") return hung_.push_back(reply);
    if (verb == "sleep")
      return sleeping_.push_back(
          loop_.after(std::chrono::milliseconds(ms), [reply, response] { reply(response); }));
    if (verb == "spin") spin(ms / 1000.0);
    reply(std::move(response));
  }

 private:
  Loop& loop_;
  std::string facts_;
  std::vector<Loop::Timer> sleeping_;
  std::vector<http::Reply> hung_;
};

// As --spot-notices does, but far more often, so that tests need not wait.
std::unique_ptr<aws::SpotWatch> watch_for_notices(Loop& loop, Instance& instance) {
  const auto metadata = aws::metadata::endpoint([](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  });
  if (!metadata) return nullptr;
  aws::SpotWatch::Told told;
  told.notice = [&](const std::optional<aws::metadata::SpotAction>& action) {
    if (!action) return instance.interrupted(std::nullopt);
    const auto left = action->at - std::chrono::system_clock::now();
    instance.interrupted(Instance::Interruption{action->action, loop.now() + left});
  };
  told.trouble = [](const Error& error) { std::fprintf(stderr, "%s\n", error.message.c_str()); };
  return std::make_unique<aws::SpotWatch>(loop, *metadata, std::chrono::milliseconds(200), told);
}

int run_lambda(Loop& loop, Obedient& obedient, bool ignore_sigterm, bool never_ready) {
  const auto api = LambdaRuntime::endpoint(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  if (!api) {
    std::fprintf(stderr, "%s\n", api.error().message.c_str());
    return 2;
  }
  LambdaEvents events(loop, [&](http::Request&& request, const http::Reply& reply) {
    obedient.handle(request, reply);
  });
  int status = 0;
  LambdaRuntime runtime(
      loop, *api,
      [&](const std::string& event, LambdaRuntime::Answer done) {
        events.answer(event, std::move(done));
      },
      [&](const Status& ended) {
        status = ended ? 0 : 1;
        loop.stop();
      });
  loop.on_signal([&](int) {
    if (!ignore_sigterm) runtime.stop();
  });
  events.initialised(process_age());
  if (!never_ready) runtime.start();
  loop.run();
  return status;
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments) {
  const std::string behaviour = whole(option(arguments, "--catalog"));
  const auto told = [&](const char* word) { return behaviour.find(word) != std::string::npos; };
  if (told("exit_at_boot")) return 7;

  const std::string facts = own_facts(arguments);  // before anything is opened here
  Loop loop;
  Obedient obedient(loop, facts);
  std::optional<boost::asio::posix::stream_descriptor> lifeline;
  char byte;
  if (const auto fd = option(arguments, "--lifeline-fd"); !fd.empty()) {
    lifeline.emplace(loop.context(), std::atoi(fd.c_str()));
    lifeline->async_read_some(boost::asio::buffer(&byte, 1),
                              [](boost::system::error_code, std::size_t) { ::_exit(9); });
  }
  if (flag(arguments, "--lambda")) {
    return run_lambda(loop, obedient, told("ignore_sigterm"), told("never_ready"));
  }

  http::ServerSettings settings;
  settings.address = option(arguments, "--listen");
  if (!settings.address.starts_with("unix:")) {
    const auto colon = settings.address.rfind(':');
    if (colon == std::string::npos) return 2;
    settings.port = static_cast<std::uint16_t>(std::atoi(settings.address.c_str() + colon + 1));
    settings.address.resize(colon);
  }
  std::unique_ptr<http::Server> server;
  std::optional<Duration> orphan_after;
  if (const auto given = option(arguments, "--orphan-after"); !given.empty()) {
    orphan_after = from_seconds(std::atof(given.c_str()));
  }
  const auto drain = [&] { server->drain([] { ::_exit(0); }); };
  Instance instance(loop, orphan_after, drain);
  std::unique_ptr<aws::SpotWatch> spot;
  if (flag(arguments, "--spot-notices")) spot = watch_for_notices(loop, instance);

  auto listening =
      http::Server::listen(loop, settings, [&](http::Request&& request, const http::Reply& reply) {
        if (request.path == "/paragon/v1/instance") return reply(instance.answer());
        if (told("never_ready") && request.method == http::Method::get) {
          http::Response response;
          response.status = 503;
          return reply(std::move(response));
        }
        obedient.handle(request, reply);
      });
  if (!listening.ok()) {
    std::fprintf(stderr, "%s\n", listening.error().message.c_str());
    return 1;
  }
  server = *std::move(listening);
  loop.on_signal([&](int) {
    if (!told("ignore_sigterm")) drain();
  });
  const auto ready_fd = option(arguments, "--ready-fd");
  if (!told("never_ready") && !ready_fd.empty()) {
    const int ready = std::atoi(ready_fd.c_str());
    const std::string line = "ready 0\n";
    if (::write(ready, line.data(), line.size()) < 0) return 1;
    ::close(ready);
  }
  loop.run();
  return 0;
}
