#include "system/running_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace paragon::testing {
namespace {

using Clock = std::chrono::steady_clock;

std::pair<pid_t, int> start(const std::vector<std::string>& arguments, int flags) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {-1, -1};
  std::vector<char*> argv;
  std::string program = PARAGON_PROGRAM;
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    if (flags == 1) dup2(ends[1], STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

}  // namespace

Ended run_program(const std::vector<std::string>& arguments) {
  auto [pid, out] = start(arguments, 1);
  Ended run;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(out, buffer, sizeof buffer)) > 0;) {
    run.out.append(buffer, static_cast<std::size_t>(n));
  }
  close(out);
  int status = 0;
  waitpid(pid, &status, 0);
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

RunningServer::RunningServer(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"serve"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::tie(pid_, out_) = start(all, 0);
  std::string text;
  const auto give_up = Clock::now() + std::chrono::seconds(30);
  while (Clock::now() < give_up && text.find('\n') == std::string::npos) {
    pollfd waiting{out_, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0) continue;
    char buffer[256];
    const ssize_t n = read(out_, buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  const auto colon = text.rfind(':');
  if (text.starts_with("listening on http") && colon != std::string::npos) {
    port_ = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
  } else {
    ADD_FAILURE() << "no port in '" << text << "'";
  }
}

RunningServer::~RunningServer() {
  if (pid_ > 0 && !wait(Duration{})) {
    kill(pid_, SIGKILL);
    wait(std::chrono::seconds(10));
  }
  if (out_ >= 0) close(out_);
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  const std::string tasks = "/proc/" + std::to_string(parent) + "/task";
  std::error_code failure;
  for (const auto& task : std::filesystem::directory_iterator(tasks, failure)) {
    std::ifstream in(task.path() / "children");
    for (pid_t child = 0; in >> child;) children.push_back(child);
  }
  return children;
}

void RunningServer::signal(int number) const { kill(pid_, number); }

std::optional<int> RunningServer::wait(Duration bound) {
  const auto give_up = Clock::now() + bound;
  do {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (Clock::now() < give_up) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  } while (Clock::now() < give_up);
  return std::nullopt;
}

Caller::Caller(std::uint16_t port) : Caller(http::Endpoint{"127.0.0.1", port, false, ""}) {}
Caller::Caller(http::Endpoint endpoint) : client_(loop, std::move(endpoint)) {}

void Caller::begin(const std::string& target, std::shared_ptr<const std::string> body,
                   const Fields& headers, http::Client::Done done) {
  http::Client::Call call;
  call.target = target;
  call.body = std::move(body);
  for (const auto& [name, value] : headers) call.headers.add(name, value);
  client_.send(std::move(call), std::move(done));
}

http::Answer Caller::ask(http::Method method, const std::string& target, const std::string& body,
                         const Fields& headers) {
  http::Client::Call call;
  call.method = method;
  call.target = target;
  if (!body.empty()) call.body = std::make_shared<const std::string>(body);
  for (const auto& [name, value] : headers) call.headers.add(name, value);
  std::optional<Result<http::Answer>> got;
  client_.send(std::move(call), [&got](Result<http::Answer> answer) { got = std::move(answer); });
  until([&got] { return got.has_value(); }, std::chrono::seconds(40));
  if (!got || !got->ok()) {
    ADD_FAILURE() << target << ": " << (got ? got->error().message : "no answer");
    return {};
  }
  return std::move(*got).value();
}

http::Answer Caller::get(const std::string& target) {
  return ask(http::Method::get, target, "", {});
}
http::Answer Caller::post(const std::string& target, const std::string& body,
                          const Fields& headers) {
  return ask(http::Method::post, target, body, headers);
}

bool Caller::until(const std::function<bool()>& condition, Duration bound) {
  const Time give_up = loop.now() + bound;
  while (!condition()) {
    if (loop.now() > give_up) return false;
    Loop::Timer timer = loop.after(std::chrono::milliseconds(2), [this] { loop.stop(); });
    loop.run();
  }
  return true;
}

bool gone(pid_t pid, Duration bound) {
  const auto give_up = Clock::now() + bound;
  for (;;) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(in, text);
    const auto state = text.rfind(") ");
    if (text.empty() || (state != std::string::npos && text[state + 2] == 'Z')) return true;
    if (Clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace paragon::testing
