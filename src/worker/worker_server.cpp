#include "worker/worker_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "wire/unix_time.h"
#include "worker/execution.h"
#include "worker/infer_input.h"
#include "worker/infer_request.h"
#include "worker/inference_slots.h"
#include "worker/model_store.h"
#include "worker/worker_pages.h"
#include "worker/worker_routes.h"
#include "worker/worker_statistics.h"

namespace paragon {
namespace {

// Above these sizes another thread is worth its hand-off, which takes 20 us there and back (5 us of
// CPU). Measured by hand_off_bench.cpp, CPU time on an AMD EPYC (Zen 4): a PNG of 9 KB for a
// network of 28 x 28 takes 150 us (of 2.4 KB 43 us, of 0.6 KB 9 us), a JPEG or pixels of any size
// 400 us or more where they must be resized to 224 x 224, JSON numbers 1.8 us a KB. What a picture
// costs also depends on the network's input, so these are no break-even points, but above them.
constexpr std::size_t kLargePicture = 8 * 1024;  // bytes, encoded
constexpr std::size_t kLargePixels = 16 * 1024;  // bytes, of an RGB tensor
constexpr std::size_t kLargeBody = 32 * 1024;    // bytes, of a request that must be parsed

http::Response json(std::string body, int status = 200) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

struct WorkerServer::Impl {
  Loop& loop;
  const Catalog& catalog;
  const WorkerSettings settings;
  std::function<void(Status)> started;
  WorkerStatistics statistics;
  ModelStore store;
  Instance instance;
  std::size_t accepted = 0;
  bool ready = false;
  bool draining = false;
  std::function<void()> drained;  // to be called when `accepted` is 0, where nothing listens
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  // Last, so that they end first: they call into the rest.
  std::unique_ptr<http::Server> server;
  std::unique_ptr<InferenceSlots> slots;

  Impl(Loop& loop_, const Catalog& catalog_, WorkerSettings settings_,
       std::function<void(Status)> started_)
      : loop(loop_),
        catalog(catalog_),
        settings(std::move(settings_)),
        started(std::move(started_)),
        statistics(catalog_),
        store(catalog_, settings.memory,
              [this](VariantId id, ModelStore::Loaded done) { load(id, std::move(done)); }),
        instance(loop_, settings.orphan_after, settings.orphaned) {}
  ~Impl() {
    *alive = false;
    slots.reset();
    server.reset();
  }

  // --- models ---------------------------------------------------------------------------------

  void load(VariantId id, ModelStore::Loaded done) {
    auto result = std::make_shared<std::optional<Result<std::shared_ptr<Model>>>>();
    loop.defer_to_pool([this, id, result] { result->emplace(load_model(catalog, id)); },
                       [this, id, result, done = std::move(done), still = alive] {
                         if (!*still) return;
                         if ((*result)->ok()) set_rule(id, *(*result)->value());
                         done(std::move(**result));
                       });
  }

  void set_rule(VariantId id, const Model& model) {
    const Duration measured = catalog.profile(id).service_p50;
    BatchRule rule;
    rule.max_batch = model.takes_pictures() ? model.batch_max : 1;
    rule.one = measured > Duration{} ? measured : model.first;
    rule.more = rule.one;  // until runs show that company is cheaper
    // Waiting longer than half a run for company costs more than the company saves.
    rule.wait_max = std::min<Duration>(rule.one / 2, std::chrono::milliseconds(5));
    slots->set_rule(id, rule);
  }

  void preload() {
    std::vector<VariantId> wanted = settings.listed;
    if (settings.preload == WorkerSettings::Preload::none) wanted.clear();
    if (settings.preload == WorkerSettings::Preload::all) {
      wanted.clear();
      for (std::uint32_t i = 0; i < catalog.variants().size(); ++i) wanted.push_back({i});
    }
    preload_next(std::make_shared<std::vector<VariantId>>(wanted.rbegin(), wanted.rend()));
  }

  void preload_next(const std::shared_ptr<std::vector<VariantId>>& left) {
    const bool listed = settings.preload == WorkerSettings::Preload::listed;
    while (!left->empty()) {
      const VariantId id = left->back();
      left->pop_back();
      if (!listed && !store.has_room(id)) continue;  // on demand, then
      store.acquire(id, [this, left, listed](Result<ModelStore::Lease> lease) {
        if (!lease) {
          if (listed) return announce(lease.error());
          std::fprintf(stderr, "paragon worker: not preloaded: %s\n",
                       lease.error().message.c_str());
        }
        preload_next(left);
      });
      return;
    }
    ready = true;
    announce({});
  }

  void announce(Status status) {
    if (auto call = std::exchange(started, nullptr)) call(std::move(status));
  }

  // --- queries --------------------------------------------------------------------------------

  void infer(VariantId variant, http::Request&& request, http::Reply reply) {
    if (draining) {
      return refuse(reply, {ErrorCode::unavailable, "the worker is draining; ask another"});
    }
    const std::size_t most = static_cast<std::size_t>(settings.slots) + settings.queue_max;
    if (accepted >= most) {
      return refuse(reply, {ErrorCode::unavailable,
                            fmt::format("the worker is full: {} queries in it", accepted)});
    }
    auto query = std::make_shared<WorkerQuery>(std::move(reply));
    query->variant = variant;
    query->arrived = request.arrived;
    query->request = std::move(request);
    ++accepted;
    if (auto status = read_deadline(*query); !status) return fail(query, status.error());
    if (query->request.body.size() > kLargeBody && !is_raw(query->request)) {
      // The raw pointer, because the last owner has to be on this thread.
      loop.defer_to_pool(
          [raw = query.get()] {
            if (auto status = read_body(*raw); !status) raw->error = status.error();
          },
          [this, query, still = alive] {
            if (!*still) return;
            if (query->error) return fail(query, *query->error);
            find_model(query);
          });
      return;
    }
    if (auto status = read_body(*query); !status) return fail(query, status.error());
    find_model(query);
  }

  void find_model(const std::shared_ptr<WorkerQuery>& query) {
    query->model = store.find(query->variant);
    if (query->model) return admit(query);
    store.acquire(query->variant, [this, query](Result<ModelStore::Lease> lease) {
      if (!lease) return fail(query, lease.error());
      query->model = *std::move(lease);
      admit(query);
    });
  }

  void admit(const std::shared_ptr<WorkerQuery>& query) {
    if (auto status = read_top_k(*query, query->model->task->top_k); !status) {
      return fail(query, status.error());
    }
    if (auto status = check_input(*query); !status) return fail(query, status.error());
    if (auto status = check_outputs(*query); !status) return fail(query, status.error());
    if (!is_large(*query)) return slots->push(query);
    loop.defer_to_pool([raw = query.get()] { Execution::prepare(*raw); },
                       [this, query, still = alive] {
                         if (!*still) return;
                         if (query->error) return fail(query, *query->error);
                         slots->push(query);
                       });
  }

  // Whether preprocessing is worth another thread: only where the slot would have better to do, and
  // not where the slot's whole time is stretched.
  bool is_large(const WorkerQuery& query) const {
    if (!query.model->takes_pictures() || query.rows != 1 || settings.pace.slower()) return false;
    if (settings.slots == 1 && query.model->batch_max == 1) return false;
    switch (query.picture.kind) {
      case PictureInput::Kind::encoded:
        return query.picture.files[0].size() > kLargePicture;
      case PictureInput::Kind::rgb:
        return query.picture.data.size() > kLargePixels;
      case PictureInput::Kind::ready:
        return false;
    }
    return false;
  }

  void refuse(const http::Reply& reply, const Error& error) const {
    auto response = oip::error_response(error);
    if (!response.headers.has("retry-after")) response.headers.add("retry-after", "1");
    reply(std::move(response));
  }

  void fail(const std::shared_ptr<WorkerQuery>& query, const Error& error) {
    query->error = error;
    query->response = oip::error_response(error);
    finish(query);
  }

  void finish(const std::shared_ptr<WorkerQuery>& query) {
    --accepted;
    statistics.record(*query, loop.now() - query->arrived, unix_ms());
    query->reply(std::move(query->response));
    query->model = {};  // let go before drained() may end everything
    tell_drained();
  }

  void tell_drained() {
    if (accepted == 0 && drained) loop.post(std::exchange(drained, nullptr));
  }

  // --- everything else --------------------------------------------------------------------------

  std::optional<VariantId> served(std::string_view name) const {
    const auto id = catalog.find_variant(name);
    if (!id || !settings.function) return id;
    return *id == settings.listed.front() ? id : std::nullopt;
  }

  void handle(http::Request&& request, const http::Reply& reply) {
    const WorkerRoute route = worker_route(request);
    if (route.error) return reply(oip::error_response(*route.error));
    if (!route.allowed) {
      auto response = oip::error_response(
          {ErrorCode::invalid, fmt::format("{} takes {}", request.path, route.allow)});
      response.status = 405;
      response.headers.add("allow", route.allow);
      return reply(std::move(response));
    }
    std::optional<VariantId> variant;
    if (!route.model.empty()) {
      variant = served(route.model);
      if (!variant) {
        return reply(oip::error_response(
            {ErrorCode::not_found,
             fmt::format("no model '{}' here; GET /v2/models lists them", route.model)}));
      }
    }
    using What = WorkerRoute::What;
    switch (route.what) {
      case What::infer:
        return infer(*variant, std::move(request), reply);
      case What::server:
        return reply(json(server_page(settings.version)));
      case What::live:
        return reply(json(R"({"live":true})"));
      case What::ready:
        return answer_ready(reply, ready && !draining);
      case What::models:
        return reply(json(models_page(catalog)));
      case What::model_ready:
        return answer_ready(reply, store.state(*variant) == ModelStore::State::ready && !draining);
      case What::stats:
        return reply(json(statistics.json(variant)));
      case What::metadata:
        return with_model(*variant, reply, metadata_page);
      case What::config:
        return with_model(*variant, reply, config_page);
      case What::index:
        return reply(json(repository_page(catalog, store,
                                          request.body.find("\"ready\"") != std::string::npos &&
                                              request.body.find("true") != std::string::npos)));
      case What::load:
        return with_model(*variant, reply, [](const Model&) { return ""; });
      case What::unload:
        store.unload(*variant);
        return reply(json(""));
      case What::instance:
        return reply(instance.answer());
    }
  }

  // KServe's clients read `ready`, the protocol's text says `live`, others only the status.
  static void answer_ready(const http::Reply& reply, bool yes) {
    reply(yes ? json(R"({"ready":true,"live":true})")
              : json(R"({"ready":false,"live":true})", 503));
  }

  void with_model(VariantId variant, const http::Reply& reply,
                  const std::function<std::string(const Model&)>& page) {
    store.acquire(variant, [reply, page](Result<ModelStore::Lease> lease) {
      if (!lease) return reply(oip::error_response(lease.error()));
      reply(json(page(**lease)));
    });
  }
};

WorkerServer::WorkerServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WorkerServer::~WorkerServer() = default;

Result<std::unique_ptr<WorkerServer>> WorkerServer::start(Loop& loop, const Catalog& catalog,
                                                          WorkerSettings settings,
                                                          std::function<void(Status)> started) {
  PARAGON_CHECK(!settings.function || settings.listed.size() == 1, "function mode: one variant");
  if (settings.function) settings.slots = 1;
  auto impl = std::make_unique<Impl>(loop, catalog, std::move(settings), std::move(started));
  Impl* raw = impl.get();
  impl->slots = std::make_unique<InferenceSlots>(
      loop, catalog.variants().size(), SlotSettings{raw->settings.slots, raw->settings.pace},
      [raw](const std::shared_ptr<WorkerQuery>& query) { raw->finish(query); });
  if (raw->settings.listens) {
    auto server = http::Server::listen(loop, raw->settings.http,
                                       [raw](http::Request&& request, const http::Reply& reply) {
                                         raw->handle(std::move(request), reply);
                                       });
    if (!server) return server.error();
    impl->server = *std::move(server);
  }
  loop.post([raw, still = impl->alive] {
    if (*still) raw->preload();
  });
  return std::unique_ptr<WorkerServer>(new WorkerServer(std::move(impl)));
}

std::uint16_t WorkerServer::port() const { return impl_->server ? impl_->server->port() : 0; }

void WorkerServer::handle(http::Request&& request, http::Reply reply) {
  impl_->handle(std::move(request), reply);
}

void WorkerServer::interrupted(std::optional<Instance::Interruption> interruption) {
  impl_->instance.interrupted(std::move(interruption));
}

void WorkerServer::drain(std::function<void()> drained) {
  impl_->draining = true;
  if (impl_->server) return impl_->server->drain(std::move(drained));
  impl_->drained = std::move(drained);
  impl_->tell_drained();
}

}  // namespace paragon
