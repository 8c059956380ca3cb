// For tests of the room: a small catalog, a worker that does what it is told, and a cloud that
// "boots" such workers on the test's own loop.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serve/config.h"
#include "serve/gateway.h"
#include "wire/http_server.h"

namespace paragon::testing {

using namespace std::chrono_literals;

// The smallest file that passes for a PNG by its first bytes.
inline const std::string kPicture = std::string("\x89PNG\r\n\x1a\n", 8) + "pixels";

// Task "garment" with variants small (80 %, 1 ms), medium (90 %, 4 ms) and large (95 %, 20 ms).
// With an ensemble "trio" of all three, 97 %, where it is asked for.
Catalog small_catalog(bool trio = false);

// What a worker does with the next infer requests.
enum class Behaviour {
  answer,
  fail,      // 500
  busy,      // 503
  throttle,  // 429
  refuse,    // 400 with the protocol's error body
  hang,      // accepts and never answers
  nonsense,  // 200 with a body that is no protocol
};

class StandIn {
 public:
  explicit StandIn(Loop& loop);
  http::Response respond(const http::Request& request);  // as a function would

  Behaviour behaviour_for(const http::Request& request) const;
  static std::string variant_of(const http::Request& request);  // that its path names

  std::uint16_t port() const { return server_->port(); }
  void die() { server_.reset(); }  // every connection is cut

  Behaviour behaviour = Behaviour::answer;
  std::map<std::string, Behaviour> behaviour_of;   // of single variants, where it is another
  std::map<std::string, std::string> first_label;  // of single variants, where it is not "boot"
  bool healthy = true;
  int infers = 0;
  http::Request last;                // the last infer request
  std::vector<http::Reply> hanging;  // to be answered late

 private:
  Loop& loop_;
  std::unique_ptr<http::Server> server_;
};

class FakeCloud final : public Cloud {
 public:
  FakeCloud(Loop& loop, OnEvent on_event) : loop_(loop), on_event_(std::move(on_event)) {}

  void launch(MachineOfferId offer, MachineId id) override;
  void terminate(MachineId id) override;
  void invoke(FunctionCall call, OnAnswer done) override;
  void list() override;

  // The hardware dies; the cloud says so at once, or is silent.
  void kill(MachineId id, bool say_so);
  void forget(MachineId id) { machines.erase(id); }

  struct Machine {
    MachineOfferId offer;
    std::unique_ptr<StandIn> worker;
  };
  std::map<MachineId, Machine> machines;
  std::vector<MachineId> launched;
  std::vector<MachineId> terminated;
  bool boots = true;
  std::optional<ErrorCode> function_fails;
  int calls = 0;
  std::vector<std::string> called;  // the functions' targets
  std::unique_ptr<StandIn> function_worker;

 private:
  Loop& loop_;
  OnEvent on_event_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();  // what it posted may come after its end
};

// A whole server on one loop, and clients of it.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;
  void start();  // with `config` as the test left it
  void run_until(const std::function<bool()>& condition, Duration bound = 10s);
  void until_ready(std::size_t machines = 1);

  using Fields = std::vector<std::pair<std::string, std::string>>;
  http::Answer ask(http::Method method, const std::string& target, const std::string& body = "",
                   const Fields& headers = {});
  http::Answer get(const std::string& target) { return ask(http::Method::get, target); }
  http::Answer post(const std::string& target, const std::string& body,
                    const Fields& headers = {}) {
    return ask(http::Method::post, target, body, headers);
  }
  http::Answer classify(const Fields& headers = {});  // a raw picture
  // Begins a query; the answer arrives in `answers`.
  void begin_classify(const Fields& headers = {});
  StandIn& worker(std::size_t i = 0);

  Loop loop;
  Catalog catalog;
  ServeConfig config;
  bool machines_boot = true;
  MakeScheme scheme = make_scheme;
  std::unique_ptr<Controller> controller;
  std::unique_ptr<FakeCloud> cloud;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<http::Client> client;
  std::vector<Result<http::Answer>> answers;
  std::vector<std::string> journal;
};

}  // namespace paragon::testing
