// A real `paragon serve` in a process of its own, as users run it, for system tests.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/temporary_folder.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon::testing {

// What a program printed and how it ended.
struct Ended {
  int status = -1;
  std::string out;
};
Ended run_program(const std::vector<std::string>& arguments);

// Child processes of a process.
std::vector<pid_t> children_of(pid_t parent);

class RunningServer {
 public:
  // Waits until it listens. `arguments` go behind `paragon serve`.
  explicit RunningServer(const std::vector<std::string>& arguments);
  ~RunningServer();  // SIGKILL if it still runs

  bool listening() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }
  std::vector<pid_t> workers() const { return children_of(pid_); }

  void signal(int number) const;
  // The exit status, or 128 + signal; nothing when it does not end within the bound.
  std::optional<int> wait(Duration bound);

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::uint16_t port_ = 0;
};

// Calls on a loop of its own, several at once.
class Caller {
 public:
  explicit Caller(std::uint16_t port);  // plain HTTP on the loopback
  explicit Caller(http::Endpoint endpoint);

  using Fields = std::vector<std::pair<std::string, std::string>>;
  void begin(const std::string& target, std::shared_ptr<const std::string> body,
             const Fields& headers, http::Client::Done done);
  http::Answer ask(http::Method method, const std::string& target, const std::string& body,
                   const Fields& headers);
  http::Answer get(const std::string& target);
  http::Answer post(const std::string& target, const std::string& body, const Fields& headers = {});
  // False when the condition does not hold within the bound.
  bool until(const std::function<bool()>& condition, Duration bound);

  Loop loop;

 private:
  http::Client client_;
};

// False when the process is there no more (or is a zombie) within the bound.
bool gone(pid_t pid, Duration bound);

}  // namespace paragon::testing
