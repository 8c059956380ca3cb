// What the Python checks ask of our code: one JSON value in, one out.
#pragma once

#include <nlohmann/json.hpp>

namespace paragon::aws::probe {

using Json = nlohmann::json;

// {method, host, path, query: [[name, value]], headers: [[name, value]], body, service, region,
// key, secret, token, time} -> {target, headers: [[name, value]], canonical} or {error}.
Json sign_request(const Json& request);

}  // namespace paragon::aws::probe
