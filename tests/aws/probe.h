// What the Python checks ask of our code: one JSON value in, one out.
#pragma once

#include <nlohmann/json.hpp>

namespace paragon::aws::probe {

using Json = nlohmann::json;

// {method, host, path, query: [[name, value]], headers: [[name, value]], body, service, region,
// key, secret, token, time} -> {target, headers: [[name, value]], canonical} or {error}.
Json sign_request(const Json& request);

// {operation, parameters as botocore has them, times in seconds} -> {body} or {error}.
Json ec2_request(const Json& asked);

// {operation, xml} -> {value} or {error}.
Json ec2_answer(const Json& asked);

// {operation, parameters as botocore has them, archives in base64} -> {method, path, query,
// headers, body} or {error}.
Json lambda_request(const Json& asked);

// {operation, body} -> {value} or {error}.
Json lambda_answer(const Json& asked);

// {service, region} -> {host, tls} or {error}; no overrides.
Json endpoint_of(const Json& asked);

// {kind: "credentials" or "config", text} -> {profiles} or {error}.
Json profiles_of(const Json& asked);

// {variables, the environment as we are to see it} -> {kind, described, region, region_from,
// access_key_id, secret_access_key, session_token, lasts} or {error}. Asks whom the plan names.
Json credentials_of(const Json& asked);

// {line} -> {words} or {error}.
Json words_of(const Json& asked);

// {kind: "hour", "gb-second" or "call", type, region, arm, token} -> {post, path, query, headers,
// body}.
Json price_request(const Json& asked);

// Anything -> all calls that we make: [{name, permission, changes}].
Json actions_made(const Json& asked);

}  // namespace paragon::aws::probe
