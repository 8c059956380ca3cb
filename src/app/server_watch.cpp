#include "app/server_watch.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace paragon {
namespace {

using Json = nlohmann::json;

constexpr Duration kTimeout = std::chrono::seconds(5);

// Fields that a newer or older server lacks count as zero: a view is no place to fail.
template <class T>
T field(const Json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_number()) return T{};
  return it->get<T>();
}

Json parsed(const Result<http::Answer>& answer) {
  if (!answer || answer->status != 200) return Json();
  Json document = Json::parse(answer->body, nullptr, false);
  return document.is_object() ? document : Json();
}

void read_fleet(const Json& fleet, ServerState& state) {
  state.ready = field<int>(fleet, "ready");
  state.booting = field<int>(fleet, "booting");
  state.draining = field<int>(fleet, "draining");
  state.functions_running = field<int>(fleet, "functions_running");
  state.waiting = field<int>(fleet, "waiting");
  state.running = field<int>(fleet, "running");
}

void read_cost(const Json& cost, ServerState& state) {
  state.machines = dollars(field<double>(cost, "machines_usd"));
  state.functions = dollars(field<double>(cost, "functions_usd"));
  state.wasted = dollars(field<double>(cost, "wasted_usd"));
  state.offers.clear();
  const auto offers = cost.find("by_offer");
  if (offers == cost.end() || !offers->is_array()) return;
  for (const Json& entry : *offers) {
    if (!entry.is_object()) continue;
    ServerState::Offer offer;
    offer.name = entry.value("offer", "");
    offer.function = entry.value("kind", "") == "function";
    offer.bought = field<std::uint64_t>(entry, offer.function ? "cold_starts" : "bought");
    offer.queries = field<std::uint64_t>(entry, "queries");
    offer.used = from_seconds(field<double>(entry, "billed_s"));
    offer.gb_s = field<double>(entry, "gb_s");
    offer.cost = dollars(field<double>(entry, "cost_usd"));
    if (offer.bought > 0 || offer.queries > 0) state.offers.push_back(std::move(offer));
  }
}

std::optional<ServerHistory> read_history(const Json& document) {
  const auto samples = document.find("samples");
  if (!document.is_object() || samples == document.end() || !samples->is_array() ||
      samples->empty()) {
    return std::nullopt;
  }
  const double period = std::max(field<double>(document, "period_s"), 1e-3);
  ServerHistory history;
  bool first = true;
  for (const Json& sample : *samples) {
    // A sample tells of the period before it.
    const Duration until = from_seconds(field<double>(sample, "at_s"));
    const Duration at = std::max(Duration::zero(), until - from_seconds(period));
    if (first) history.from = at;
    first = false;
    history.to = until;
    history.rate.push_back({at, field<double>(sample, "arrivals") / period});
    history.ready.push_back({at, field<double>(sample, "machines_ready")});
    history.booting.push_back({at, field<double>(sample, "machines_booting")});
    history.functions.push_back({at, field<double>(sample, "functions_running")});
    history.cost.push_back({at, field<double>(sample, "cost_usd")});
    history.machines_peak =
        std::max(history.machines_peak,
                 field<int>(sample, "machines_ready") + field<int>(sample, "machines_draining"));
  }
  return history;
}

}  // namespace

struct ServerWatch::Impl : std::enable_shared_from_this<ServerWatch::Impl> {
  Impl(Loop& its_loop, http::Endpoint server, std::string its_token)
      : loop(its_loop), client(its_loop, std::move(server), 4), token(std::move(its_token)) {}

  void get(const std::string& target, Duration timeout, http::Client::Done done) {
    http::Client::Call call;
    call.method = http::Method::get;
    call.target = target;
    call.timeout = timeout;
    if (!token.empty()) call.headers.add("authorization", "Bearer " + token);
    client.send(std::move(call), std::move(done));
  }

  // Asks the three pages one after the other; the state changes only when all have answered.
  void ask(const std::function<void()>& then) {
    auto next = std::make_shared<ServerState>();
    get("/api/v1/status", kTimeout, [self = weak_from_this(), next, then](auto answer) {
      const auto here = self.lock();
      if (!here) return;
      const Json status = parsed(answer);
      next->rate = per_second(field<double>(status, "rate_10s"));
      here->get("/api/v1/fleet", kTimeout, [self, next, then](auto its_answer) {
        const auto still_here = self.lock();
        if (!still_here) return;
        const Json fleet = parsed(its_answer);
        if (fleet.is_object()) read_fleet(fleet, *next);
        still_here->get("/api/v1/cost", kTimeout,
                        [self, next, then, good = fleet.is_object()](auto last) {
                          const auto at_last = self.lock();
                          if (!at_last) return;
                          const Json cost = parsed(last);
                          if (cost.is_object()) read_cost(cost, *next);
                          if (good && cost.is_object()) at_last->state = std::move(*next);
                          then();
                        });
      });
    });
  }

  void repeat(Duration period) {
    ask([self = weak_from_this(), period] {
      const auto here = self.lock();
      if (!here) return;
      here->timer = here->loop.after(period, [self, period] {
        if (const auto still_here = self.lock()) still_here->repeat(period);
      });
    });
  }

  Loop& loop;
  http::Client client;
  std::string token;
  std::optional<ServerState> state;
  Loop::Timer timer;
};

ServerWatch::ServerWatch(Loop& loop, http::Endpoint server, std::string token)
    : impl_(std::make_shared<Impl>(loop, std::move(server), std::move(token))) {}

void ServerWatch::start(Duration period) { impl_->repeat(period); }
const std::optional<ServerState>& ServerWatch::state() const { return impl_->state; }

void ServerWatch::finish(std::function<void(std::optional<ServerHistory>)> done) {
  impl_->timer.cancel();
  impl_->ask([impl = impl_.get(), done = std::move(done)] {
    impl->get("/api/v1/history", kTimeout,
              [done](auto answer) { done(read_history(parsed(answer))); });
  });
}

void ServerWatch::get(const std::string& target, Duration timeout, http::Client::Done done) {
  impl_->get(target, timeout, std::move(done));
}

}  // namespace paragon
