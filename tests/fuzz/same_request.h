// What is accepted must come back equal: the promise of wire/oip.h, checked on fuzzed messages.
#pragma once

#include <cmath>
#include <string>

#include "base/check.h"
#include "wire/oip.h"

namespace paragon::fuzz {

inline bool same(const oip::Parameters& a, const oip::Parameters& b) { return a == b; }

inline bool same(const std::vector<oip::Tensor>& a, const std::vector<oip::Tensor>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || a[i].type != b[i].type || a[i].shape != b[i].shape ||
        a[i].data != b[i].data) {
      return false;
    }
  }
  return true;
}

inline std::string length_of(const oip::Encoded& encoded) {
  return encoded.json_length == 0 ? "" : std::to_string(encoded.json_length);
}

inline void check_request(const Result<oip::InferRequest>& request) {
  if (!request) {
    PARAGON_CHECK(!request.error().message.empty(), "an error without words");
    return;
  }
  for (const bool binary : {false, true}) {
    const oip::Encoded encoded = oip::render_request(*request, binary);
    const auto again = oip::parse_request(encoded.content_type, length_of(encoded), encoded.body);
    PARAGON_CHECK(again.ok(), again.ok() ? "" : again.error().message);
    PARAGON_CHECK(again->id == request->id && same(again->inputs, request->inputs) &&
                      same(again->parameters, request->parameters) &&
                      again->outputs.size() == request->outputs.size(),
                  encoded.body);
  }
}

inline void check_response(const Result<oip::InferResponse>& response) {
  if (!response) {
    PARAGON_CHECK(!response.error().message.empty(), "an error without words");
    return;
  }
  oip::InferRequest asked;
  asked.binary_outputs = true;
  const oip::Encoded encoded = oip::render_response(*response, asked);
  const auto again = oip::parse_response(length_of(encoded), encoded.body);
  PARAGON_CHECK(again.ok(), again.ok() ? "" : again.error().message);
  PARAGON_CHECK(again->model_name == response->model_name &&
                    same(again->outputs, response->outputs) &&
                    same(again->parameters, response->parameters),
                encoded.body);
}

}  // namespace paragon::fuzz
