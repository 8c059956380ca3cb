#include "serve/gateway.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>

#include "serve/metrics.h"
#include "serve/model_info.h"
#include "serve/page.h"
#include "serve/status_api.h"

namespace paragon {
namespace {

http::Response json_response(std::string body, int status = 200) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

http::Response not_found(std::string_view path) {
  return oip::error_response(
      {ErrorCode::not_found, fmt::format("no such endpoint: {}", path.substr(0, 200))});
}

http::Response wrong_method(const char* allowed) {
  http::Response response = oip::error_response(
      {ErrorCode::invalid, fmt::format("this endpoint takes {} only", allowed)});
  response.status = 405;
  response.headers.add("Allow", allowed);
  return response;
}

http::Response unsupported(const std::string& what) {
  return oip::error_response({ErrorCode::unsupported, what});
}

bool reads(const http::Request& request) {
  return request.method == http::Method::get || request.method == http::Method::head;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

// The value of `name` in a URL's query; nothing when absent or not a number.
std::optional<double> query_number(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != key) continue;
    std::string_view value = pair.substr(equals + 1);
    double number = 0;
    auto [stop, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failure == std::errc() && stop == value.data() + value.size()) return number;
  }
  return std::nullopt;
}

// Only for this computer, or for who has the token.
bool is_control(const std::vector<std::string_view>& path) {
  if (path.empty() || path[0] == "api" || path[0] == "metrics") return true;
  return path.size() >= 2 && path[0] == "v2" && path[1] == "repository" &&
         (path.back() == "load" || path.back() == "unload");
}

}  // namespace

Gateway::Gateway(Loop& loop, Controller& controller, const ServeConfig& config)
    : loop_(loop), controller_(controller), config_(config), infer_(loop, controller, config) {}

Result<std::unique_ptr<Gateway>> Gateway::open(Loop& loop, Controller& controller,
                                               const ServeConfig& config) {
  std::unique_ptr<Gateway> gateway(new Gateway(loop, controller, config));
  auto settings_for = [&config](const Address& address) {
    http::ServerSettings settings;
    settings.address = address.host;
    settings.port = address.port;
    settings.body_bytes_max = config.gateway.body_bytes_max;
    settings.connections_max = config.gateway.connections_max;
    settings.tls_certificate_file = config.gateway.tls_certificate;
    settings.tls_key_file = config.gateway.tls_key;
    settings.bearer_token = config.gateway.token;
    return settings;
  };
  auto address = parse_address(config.gateway.http);
  if (!address) return address.error();
  auto server =
      http::Server::listen(loop, settings_for(*address),
                           [self = gateway.get()](http::Request&& request, http::Reply reply) {
                             self->handle(std::move(request), std::move(reply));
                           });
  if (!server) return server.error();
  gateway->server_ = std::move(server).value();

  if (!config.gateway.metrics.empty()) {
    auto metrics_address = parse_address(config.gateway.metrics);
    if (!metrics_address) return metrics_address.error();
    auto metrics = http::Server::listen(
        loop, settings_for(*metrics_address),
        [self = gateway.get()](http::Request&& request, const http::Reply& reply) {
          if (request.path != "/metrics") return reply(not_found(request.path));
          http::Response response = json_response(render_metrics(self->controller_));
          response.content_type = "text/plain; version=0.0.4; charset=utf-8";
          reply(std::move(response));
        });
    if (!metrics) return metrics.error();
    gateway->metrics_ = std::move(metrics).value();
  }
  gateway->sample();
  return gateway;
}

void Gateway::drain(std::function<void()> drained) {
  draining_ = true;
  server_->drain(std::move(drained));
}

void Gateway::handle(http::Request&& request, http::Reply reply) {
  spdlog::debug("event=request path={} bytes={}", request.path, request.body.size());
  // The views point into a copy: the request itself is moved on.
  const std::string path_text = request.path;
  const Path path = split(path_text);
  if (is_control(path) && config_.gateway.token.empty() && !request.from_loopback) {
    return reply(oip::error_response(
        {ErrorCode::denied,
         "this endpoint answers only to the computer it runs on, unless the server is started with "
         "a token (--token-file)"}));
  }
  if (path.empty()) {
    if (!reads(request)) return reply(wrong_method("GET"));
    http::Response response = json_response(status_page());
    response.content_type = "text/html; charset=utf-8";
    return reply(std::move(response));
  }
  if (path[0] == "metrics" && path.size() == 1) {
    if (!reads(request)) return reply(wrong_method("GET"));
    http::Response response = json_response(render_metrics(controller_));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return reply(std::move(response));
  }
  if (path[0] == "api") return api(path, request, reply);
  if (path[0] != "v2") return reply(not_found(path_text));
  if (path.size() == 1) {
    if (!reads(request)) return reply(wrong_method("GET"));
    return reply(json_response(model_info::server_metadata()));
  }
  if (path[1] == "health") {
    if (!reads(request)) return reply(wrong_method("GET"));
    return health(path, reply);
  }
  if (path[1] == "models") return models(path, std::move(request), reply);
  if (path[1] == "repository") return repository(path, request, reply);
  if (path[1] == "systemsharedmemory" || path[1] == "cudasharedmemory") {
    // Clients clear all regions before they begin; there never are any.
    if (path.back() == "status") return reply(json_response("[]"));
    if (path.back() == "unregister") return reply(json_response(""));
    return reply(unsupported("shared memory is not supported: send tensors in the request"));
  }
  if (path[1] == "trace" || path[1] == "logging") {
    return reply(unsupported(fmt::format("{} settings cannot be changed here", path[1])));
  }
  reply(not_found(path_text));
}

void Gateway::health(const Path& path, http::Reply& reply) {
  if (path.size() != 3) return reply(not_found("/v2/health"));
  if (path[2] == "live") return reply(json_response(R"({"live":true})"));
  if (path[2] != "ready") return reply(not_found("/v2/health"));
  const bool ready = !draining_ && controller_.ready();
  reply(ready ? json_response(R"({"ready":true,"live":true})")
              : json_response(R"({"ready":false,"live":true})", 503));
}

void Gateway::models(const Path& path, http::Request&& request, http::Reply& reply) {
  const Catalog& catalog = controller_.catalog();
  if (path.size() == 2) {
    if (!reads(request)) return reply(wrong_method("GET"));
    return reply(json_response(model_info::model_list(catalog)));
  }
  if (path.size() == 3 && path[2] == "stats") {
    if (!reads(request)) return reply(wrong_method("GET"));
    return reply(json_response(model_info::statistics(controller_, nullptr)));
  }
  const auto found = find_model(catalog, path[2]);
  if (!found) return reply(unknown_model(catalog, path[2]));
  // Any version is taken: there is one, and clients differ in how they write it.
  std::size_t next = 3;
  if (path.size() > 4 && path[3] == "versions") next = 5;
  if (path.size() == 5 && path[3] == "versions") {
    return model(*found, "", std::move(request), reply);
  }
  if (path.size() == 5 && path[3] == "trace" && path[4] == "setting") {
    return reply(unsupported("trace settings cannot be changed here"));
  }
  if (path.size() > next + 1) return reply(not_found(request.path));
  model(*found, path.size() > next ? path[next] : std::string_view{}, std::move(request), reply);
}

void Gateway::model(const ServedModel& model, std::string_view verb, http::Request&& request,
                    http::Reply& reply) {
  const Catalog& catalog = controller_.catalog();
  if (verb == "infer") {
    if (request.method != http::Method::post) return reply(wrong_method("POST"));
    return infer_.handle(model, std::move(request), std::move(reply));
  }
  if (verb == "generate" || verb == "generate_stream") {
    return reply(unsupported("text generation is not what these models do; use infer"));
  }
  if (!verb.empty() && verb != "ready" && verb != "config" && verb != "stats") {
    return reply(not_found(request.path));
  }
  if (!reads(request)) return reply(wrong_method("GET"));
  if (verb == "ready") {
    if (!draining_ && controller_.ready()) return reply(json_response(R"({"ready":true})"));
    return reply(json_response(
        R"({"ready":false,"error":"no machine is up yet and functions are off"})", 503));
  }
  if (verb == "stats") return reply(json_response(model_info::statistics(controller_, &model)));
  if (!model_info::is_static(catalog.task(model.task))) {
    return from_worker(model, verb, reply);
  }
  reply(json_response(verb.empty() ? model_info::metadata(catalog, model)
                                   : model_info::config(catalog, model)));
}

// Shapes of plain tensors are known to who has loaded the model.
void Gateway::from_worker(const ServedModel& model, std::string_view suffix,
                          const http::Reply& reply) {
  const Catalog& catalog = controller_.catalog();
  const VariantId variant =
      model.pinned ? *model.pinned : catalog.task(model.task).variants.front();
  http::Client::Call call;
  call.method = http::Method::get;
  call.target = "/v2/models/" + catalog.variant(variant).name;
  if (!suffix.empty()) call.target += "/" + std::string(suffix);
  controller_.ask_any_machine(std::move(call), [reply](Result<http::Answer> answer) {
    if (!answer.ok()) return reply(oip::error_response(answer.error()));
    reply(json_response(std::move(answer->body), answer->status));
  });
}

void Gateway::repository(const Path& path, const http::Request& request, http::Reply& reply) {
  if (request.method != http::Method::post) return reply(wrong_method("POST"));
  if (path.back() == "index") {
    const bool ready_only = request.body.find("\"ready\"") != std::string::npos &&
                            request.body.find("true") != std::string::npos;
    return reply(json_response(model_info::repository_index(controller_, ready_only)));
  }
  // /v2/repository[/<repository>]/models/<model>/load|unload
  const bool loads = path.back() == "load";
  if (path.size() < 5 || (!loads && path.back() != "unload") || path[path.size() - 3] != "models") {
    return reply(not_found(request.path));
  }
  const Catalog& catalog = controller_.catalog();
  const std::string_view asked = path[path.size() - 2];
  const auto found = find_model(catalog, asked);
  if (!found) return reply(unknown_model(catalog, asked));
  if (!found->pinned) {
    // A task is there as long as the catalog says so, and its variants load when they are needed.
    if (loads) return reply(json_response("{}"));
    return reply(oip::error_response(
        {ErrorCode::unsupported,
         fmt::format("{} is a task of the catalog and cannot be unloaded; its variants can",
                     asked)}));
  }
  http::Client::Call call;
  call.target = fmt::format("/v2/repository/models/{}/{}", catalog.variant(*found->pinned).name,
                            loads ? "load" : "unload");
  call.body = std::make_shared<const std::string>("{}");
  call.headers.add("content-type", "application/json");
  controller_.ask_every_machine(call, [reply](int good, int asked_machines) {
    if (good == asked_machines) return reply(json_response("{}"));
    reply(oip::error_response(
        {ErrorCode::unavailable, fmt::format("done on {} of {} machines", good, asked_machines)}));
  });
}

void Gateway::api(const Path& path, const http::Request& request, http::Reply& reply) {
  if (path.size() < 3 || path[1] != "v1") return reply(not_found(request.path));
  if (!reads(request)) return reply(wrong_method("GET"));
  if (path.size() == 3) {
    if (path[2] == "fleet") return reply(json_response(status_api::fleet(controller_)));
    if (path[2] == "cost") return reply(json_response(status_api::cost(controller_)));
    if (path[2] == "status") return reply(json_response(status_api::status(controller_)));
    if (path[2] == "history") {
      const double since = query_number(request.query, "since_s").value_or(-1);
      return reply(json_response(status_api::history(history_, since)));
    }
    if (path[2] == "decisions") {
      const double last = query_number(request.query, "last").value_or(100);
      if (last < 1 || last > Decisions::kKept) {
        return reply(
            oip::error_response({ErrorCode::invalid, fmt::format("last: got {}, takes 1 to {}",
                                                                 last, Decisions::kKept)}));
      }
      return reply(
          json_response(status_api::decisions(controller_, static_cast<std::size_t>(last))));
    }
  }
  if (path.size() == 4 && path[2] == "decisions") {
    std::uint64_t id = 0;
    const char* end = path[3].data() + path[3].size();
    auto [stop, failure] = std::from_chars(path[3].data(), end, id);
    if (failure != std::errc() || stop != end) {
      return reply(oip::error_response(
          {ErrorCode::invalid,
           fmt::format("decision id: got '{}', takes a whole number", path[3].substr(0, 64))}));
    }
    auto document = status_api::decision(controller_, DecisionId{id});
    if (document) return reply(json_response(std::move(*document)));
    return reply(oip::error_response(
        {ErrorCode::not_found,
         fmt::format("decision {} was never made or is no longer kept (the last {} are)", id,
                     Decisions::kKept)}));
  }
  reply(not_found(request.path));
}

void Gateway::sample() {
  const Statistics& statistics = controller_.statistics();
  const Time now = controller_.now();
  const BrainStatus brain = controller_.brain().status(now);
  Sample totals;
  totals.at = now;
  totals.arrivals = static_cast<std::uint32_t>(statistics.arrived);
  totals.answered = static_cast<std::uint32_t>(statistics.answered);
  totals.missed = static_cast<std::uint32_t>(statistics.of(QueryClass::strict).missed +
                                             statistics.of(QueryClass::relaxed).missed);
  totals.refused = static_cast<std::uint32_t>(brain.refused);
  for (const MachineStatus& m : controller_.brain().machines()) {
    totals.machines_ready += m.state == MachineStatus::State::ready;
    totals.machines_booting += m.state == MachineStatus::State::booting;
    totals.machines_draining += m.state == MachineStatus::State::draining;
  }
  totals.functions_running = brain.functions_running;
  totals.waiting = brain.waiting;
  totals.cost = controller_.brain().meter().bill(now).total();
  Sample entry = totals;
  entry.arrivals -= last_totals_.arrivals;
  entry.answered -= last_totals_.answered;
  entry.missed -= last_totals_.missed;
  entry.refused -= last_totals_.refused;
  history_.add(entry);
  last_totals_ = totals;
  sample_timer_ = loop_.after(std::chrono::seconds(1), [this] { sample(); });
}

}  // namespace paragon
