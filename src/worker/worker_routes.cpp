#include "worker/worker_routes.h"

#include <fmt/format.h>

#include <span>
#include <string_view>
#include <vector>

namespace paragon {
namespace {

using What = WorkerRoute::What;
using Parts = std::span<const std::string_view>;

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is(Parts parts, std::initializer_list<std::string_view> wanted) {
  return std::equal(parts.begin(), parts.end(), wanted.begin(), wanted.end());
}

// What follows /v2/models/{m}[/versions/{v}].
std::optional<What> of_model(Parts rest) {
  if (rest.size() >= 2 && rest[0] == "versions") rest = rest.subspan(2);
  if (rest.empty()) return What::metadata;
  if (is(rest, {"infer"})) return What::infer;
  if (is(rest, {"ready"})) return What::model_ready;
  if (is(rest, {"stats"})) return What::stats;
  if (is(rest, {"config"})) return What::config;
  return std::nullopt;
}

std::optional<What> of_repository(Parts rest, std::string& model) {
  // A repository's name may come first, unless it is a word of ours.
  if (!rest.empty() && rest[0] != "index" && rest[0] != "models") rest = rest.subspan(1);
  if (is(rest, {"index"})) return What::index;
  if (rest.size() != 3 || rest[0] != "models") return std::nullopt;
  model = rest[1];
  if (rest[2] == "load") return What::load;
  if (rest[2] == "unload") return What::unload;
  return std::nullopt;
}

std::optional<What> what(Parts parts, std::string& model) {
  if (is(parts, {"paragon", "v1", "instance"})) return What::instance;
  if (parts.empty() || parts[0] != "v2") return std::nullopt;
  parts = parts.subspan(1);
  if (parts.empty()) return What::server;
  if (is(parts, {"health", "live"})) return What::live;
  if (is(parts, {"health", "ready"})) return What::ready;
  if (is(parts, {"models"})) return What::models;
  if (is(parts, {"models", "stats"})) return What::stats;
  if (parts[0] == "models") {
    model = parts[1];
    return of_model(parts.subspan(2));
  }
  if (parts[0] == "repository") return of_repository(parts.subspan(1), model);
  return std::nullopt;
}

}  // namespace

WorkerRoute worker_route(const http::Request& request) {
  WorkerRoute route;
  const auto parts = split(request.path);
  const auto found = what(parts, route.model);
  if (!found) {
    route.error = Error{ErrorCode::not_found,
                        fmt::format("nothing at '{}'; GET /v2 says what is served", request.path)};
    return route;
  }
  route.what = *found;
  switch (route.what) {
    case What::infer:
    case What::index:
    case What::load:
    case What::unload:
      route.allow = "POST";
      route.allowed = request.method == http::Method::post;
      break;
    case What::server:
    case What::live:
    case What::ready:
    case What::models:
    case What::stats:
    case What::metadata:
    case What::model_ready:
    case What::config:
    case What::instance:
      route.allow = "GET";
      route.allowed = request.method == http::Method::get || request.method == http::Method::head;
      break;
  }
  return route;
}

}  // namespace paragon
