#include "awscloud/aws_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <thread>

#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(30);

}  // namespace

AwsServer::AwsServer(const std::vector<std::string>& settings) {
  std::vector<std::string> words{"python3", PARAGON_SOURCE_DIR "/tests/aws/server", "--with-parent",
                                 "--policy", PARAGON_SOURCE_DIR "/deploy/aws/policy.json"};
  words.insert(words.end(), settings.begin(), settings.end());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    why_not_ = "no pipe";
    return;
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  out_ = ends[0];
  std::string text;
  const auto give_up = Clock::now() + kPatience;
  while (Clock::now() < give_up && text.find('\n') == std::string::npos) {
    pollfd waiting{out_, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0) continue;
    char buffer[256];
    const ssize_t n = read(out_, buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  if (text.starts_with("ready ")) {
    port_ = static_cast<std::uint16_t>(std::stoi(text.substr(6)));
  } else {
    why_not_ = "tests/aws/server does not run here (python3?): " + text;
  }
}

AwsServer::~AwsServer() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    const auto give_up = Clock::now() + kPatience;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (Clock::now() > give_up) kill(pid_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  if (out_ >= 0) close(out_);
}

std::vector<std::pair<std::string, std::string>> AwsServer::environment() const {
  return {{"AWS_ENDPOINT_URL", "http://127.0.0.1:" + std::to_string(port_)},
          {"AWS_REGION", "us-east-1"},
          {"AWS_ACCESS_KEY_ID", "AKIAPARAGONLIMITED00"},
          {"AWS_SECRET_ACCESS_KEY", "limited/Secret+0123456789abcdefghijklmno"},
          {"AWS_EC2_METADATA_DISABLED", "true"}};
}

aws::Outside AwsServer::outside() const {
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : environment()) values[name] = value;
  return {[values = std::move(values)](const std::string& name) {
            const auto found = values.find(name);
            return found == values.end() ? std::string() : found->second;
          },
          [](const std::string&) { return std::optional<std::string>(); }};
}

json AwsServer::ask(const std::string& target, const json* what, bool may_be_refused) const {
  Loop loop;
  http::Client client(loop, {"127.0.0.1", port_, false, {}});
  http::Client::Call call;
  call.target = target;
  call.method = what == nullptr ? http::Method::get : http::Method::post;
  if (what != nullptr) call.body = std::make_shared<const std::string>(what->dump());
  json said;
  client.send(std::move(call), [&](const Result<http::Answer>& answer) {
    if (!answer) {
      ADD_FAILURE() << target << ": " << answer.error().message;
    } else {
      said = json::parse(answer->body, nullptr, false);
      if (!may_be_refused) {
        EXPECT_EQ(answer->status, 200) << answer->body;
      }
    }
    loop.stop();
  });
  loop.run();
  return said;
}

json AwsServer::control(const json& what) const { return ask("/_control", &what); }
void AwsServer::try_control(const json& what) const { ask("/_control", &what, true); }
json AwsServer::state() const { return ask("/_control/state", nullptr); }

std::vector<json> AwsServer::live() const {
  std::vector<json> out;
  const json all = state();
  for (const auto& instance : all["instances"])
    if (instance["state"] == "pending" || instance["state"] == "running") out.push_back(instance);
  return out;
}

int AwsServer::calls(const std::string& action) const {
  int count = 0;
  const json all = state();
  for (const auto& call : all["calls"]) count += call["action"] == action ? 1 : 0;
  return count;
}

}  // namespace paragon::testing
