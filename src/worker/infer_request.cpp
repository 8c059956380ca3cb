#include "worker/infer_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/top_k.h"

namespace paragon {

bool is_raw(const http::Request& request) {
  const auto type = request.headers.find("content-type");
  if (type.size() > 6 && http::same_name(type.substr(0, 6), "image/")) return true;
  return request.headers.find(oip::kJsonLength) == "0";
}

Status read_deadline(WorkerQuery& query) {
  const auto text = query.request.headers.find("x-paragon-deadline-us");
  if (text.empty()) return {};
  const auto left = oip::whole_number(text);
  if (!left) {
    return {ErrorCode::invalid,
            fmt::format("header x-paragon-deadline-us: got '{}', expected the microseconds left",
                        text)};
  }
  // Beyond a day either way it makes no difference, and sums cannot overflow.
  constexpr std::int64_t kDay = 86'400'000'000;
  query.deadline = query.arrived + std::chrono::microseconds(std::clamp(*left, -kDay, kDay));
  return {};
}

Status read_body(WorkerQuery& query) {
  const auto& headers = query.request.headers;
  if (is_raw(query.request)) {
    query.infer.raw = true;
    query.infer.binary_outputs = headers.find(oip::kJsonLength) == "0";
  } else {
    auto parsed = oip::parse_request(headers.find("content-type"), headers.find(oip::kJsonLength),
                                     query.request.body);
    if (!parsed) return parsed.error();
    query.infer = *std::move(parsed);
    query.request.body = {};  // everything has been copied out of it
  }
  if (headers.find("x-paragon-outputs") == "binary") {
    query.infer.binary_outputs = true;
    for (auto& output : query.infer.outputs) output.binary = true;
  }
  return {};
}

Status read_top_k(WorkerQuery& query, std::size_t otherwise) {
  const auto k = oip::asked_top_k(query.infer.parameters, query.request.headers);
  if (!k) return k.error();
  query.top_k = k->value_or(otherwise);
  return {};
}

}  // namespace paragon
