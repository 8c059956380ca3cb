// How responses and errors are written, and that what is rendered reads back equal.
#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/oip.h"

namespace paragon::oip {
namespace {

TEST(RenderResponse, GivesTheOutputsAskedForEachInItsForm) {
  InferResponse response;
  response.model_name = "m";
  response.parameters["cost_usd"] = 0.5;
  response.outputs = {{"labels", DataType::bytes, {1, 2}, bytes_data({"cat\n", "\xFF"})},
                      {"scores", DataType::fp32, {1, 2}, std::string(8, '\0')},
                      {"half", DataType::fp16, {1}, "ab"}};
  InferRequest asked;
  asked.outputs = {{"scores", true, 0}, {"labels", false, 0}};
  const Encoded encoded = render_response(response, asked);
  EXPECT_EQ(
      encoded.body.substr(0, encoded.json_length),
      R"({"model_name":"m","parameters":{"cost_usd":0.5},"outputs":[)"
      R"({"name":"scores","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},)"
      R"({"name":"labels","datatype":"BYTES","shape":[1,2],"data":["cat\n",")"
      "\xEF\xBF\xBD\"]}]}");
  EXPECT_EQ(encoded.body.size(), encoded.json_length + 8);
  EXPECT_EQ(encoded.content_type, "application/octet-stream");
  asked.outputs.resize(0);
  response.outputs.resize(2);
  const Encoded json = render_response(response, asked);
  EXPECT_EQ(json.json_length, 0u);
  EXPECT_EQ(json.content_type, "application/json");
}

TEST(ErrorResponse, HasTheStatusOfTheProtocol) {
  const std::pair<ErrorCode, int> cases[] = {{ErrorCode::invalid, 400},
                                             {ErrorCode::denied, 403},
                                             {ErrorCode::not_found, 404},
                                             {ErrorCode::throttled, 429},
                                             {ErrorCode::internal, 500},
                                             {ErrorCode::unsupported, 501},
                                             {ErrorCode::unavailable, 503},
                                             {ErrorCode::timeout, 504},
                                             {ErrorCode::insufficient_capacity, 503}};
  for (const auto& [code, status] : cases) {
    const auto response = error_response({code, "say \"why\""});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.body, R"({"error":"say \"why\""})");
    EXPECT_EQ(response.content_type, "application/json");
  }
}

// ---- properties ----

// Finite values only where they have to be: JSON has no others.
Tensor random_tensor(Random& random, const std::string& name, bool finite_text) {
  Tensor tensor;
  tensor.name = name;
  tensor.type = static_cast<DataType>(random.below(14));
  for (auto rank = random.below(4); rank > 0; --rank) {
    tensor.shape.push_back(static_cast<std::int64_t>(random.below(5)));
  }
  const auto elements = static_cast<std::size_t>(tensor.elements());
  for (std::size_t i = 0; i < elements; ++i) {
    std::string element;
    if (tensor.type == DataType::bytes) {
      for (auto left = random.below(6); left > 0; --left) {
        element += static_cast<char>(random.below(finite_text ? 128 : 256));
      }
      tensor.data += bytes_data({element});
      continue;
    }
    for (std::size_t b = 0; b < size_of(tensor.type); ++b) {
      element += static_cast<char>(random.below(256));
    }
    if (tensor.type == DataType::boolean) element[0] &= 1;
    if (finite_text && tensor.type == DataType::fp32 && (element[3] & 0x7F) == 0x7F) element[3] = 1;
    if (finite_text && tensor.type == DataType::fp64 && (element[7] & 0x7F) == 0x7F) element[7] = 1;
    tensor.data += element;
  }
  return tensor;
}

Parameters random_parameters(Random& random) {
  Parameters parameters;
  for (auto left = random.below(4); left > 0; --left) {
    const std::string key = "p" + std::to_string(left);
    switch (random.below(4)) {
      case 0:
        parameters[key] = random.chance(0.5);
        break;
      case 1:
        parameters[key] = static_cast<std::int64_t>(random.bits());
        break;
      case 2:
        parameters[key] = random.chance(0.3) ? 3.0 : random.normal() * 1e20;
        break;
      default:
        parameters[key] = std::string("\"\\\n\t\x01 text");
    }
  }
  return parameters;
}

void expect_same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    EXPECT_EQ(a[i].type, b[i].type);
    EXPECT_EQ(a[i].shape, b[i].shape);
    EXPECT_EQ(a[i].data, b[i].data) << name(a[i].type);
  }
}

std::string length_of(const Encoded& encoded) {
  return encoded.json_length == 0 ? "" : std::to_string(encoded.json_length);
}

class OipProperty : public testing::TestWithParam<std::uint64_t> {};

TEST_P(OipProperty, WhatIsRenderedReadsBackEqual) {
  Random random(GetParam());
  InferRequest request;
  request.id = random.chance(0.5) ? "an \"id\"" : "";
  request.parameters = random_parameters(random);
  request.binary_outputs = random.chance(0.5);
  for (auto left = 1 + random.below(3); left > 0; --left) {
    request.inputs.push_back(random_tensor(random, "in" + std::to_string(left), false));
  }
  for (auto left = random.below(3); left > 0; --left) {
    request.outputs.push_back({"out" + std::to_string(left), random.chance(0.5),
                               static_cast<std::int64_t>(random.below(5))});
  }
  const Encoded encoded = render_request(request, random.chance(0.5));
  const auto back = parse_request(encoded.content_type, length_of(encoded), encoded.body);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->id, request.id);
  EXPECT_EQ(back->parameters, request.parameters);
  EXPECT_EQ(back->binary_outputs, request.binary_outputs);
  expect_same(back->inputs, request.inputs);
  ASSERT_EQ(back->outputs.size(), request.outputs.size());
  for (std::size_t i = 0; i < request.outputs.size(); ++i) {
    EXPECT_EQ(back->outputs[i].name, request.outputs[i].name);
    EXPECT_EQ(back->outputs[i].binary, request.outputs[i].binary);
    EXPECT_EQ(back->outputs[i].classification, request.outputs[i].classification);
  }

  InferResponse response;
  response.model_name = "m";
  response.model_version = random.chance(0.5) ? "1" : "";
  response.parameters = random_parameters(random);
  InferRequest asked;
  asked.binary_outputs = random.chance(0.5);
  for (auto left = random.below(4); left > 0; --left) {
    response.outputs.push_back(
        random_tensor(random, "out" + std::to_string(left), !asked.binary_outputs));
  }
  const Encoded rendered = render_response(response, asked);
  const auto read = parse_response(length_of(rendered), rendered.body);
  ASSERT_TRUE(read.ok()) << read.error().message << "\n" << rendered.body;
  EXPECT_EQ(read->model_name, response.model_name);
  EXPECT_EQ(read->model_version, response.model_version);
  EXPECT_EQ(read->parameters, response.parameters);
  expect_same(read->outputs, response.outputs);
}

// Whatever is done to a body, it is read or refused, and what is read can be rendered and read
// again.
TEST_P(OipProperty, DamagedBodiesAreReadOrRefused) {
  Random random(GetParam() + 1'000'000);
  InferRequest request;
  request.parameters = random_parameters(random);
  for (auto left = 1 + random.below(3); left > 0; --left) {
    request.inputs.push_back(random_tensor(random, "in" + std::to_string(left), false));
  }
  const Encoded encoded = render_request(request, random.chance(0.5));
  for (int round = 0; round < 20; ++round) {
    std::string body = encoded.body, length = length_of(encoded);
    for (auto hits = 1 + random.below(4); hits > 0 && !body.empty(); --hits) {
      const auto at = static_cast<std::size_t>(random.below(body.size()));
      switch (random.below(4)) {
        case 0:
          body[at] = static_cast<char>(random.bits());
          break;
        case 1:
          body.erase(at, static_cast<std::size_t>(1 + random.below(8)));
          break;
        case 2:
          body.insert(at, body.substr(static_cast<std::size_t>(random.below(body.size())), 9));
          break;
        default:
          body[at] = "{}[]\",:-0123456789"[random.below(18)];
      }
    }
    if (random.chance(0.2)) length = std::to_string(random.below(body.size() + 2));
    const auto back = parse_request(encoded.content_type, length, body);
    static_cast<void>(parse_response(length, body));
    if (!back.ok()) {
      EXPECT_FALSE(back.error().message.empty());
      continue;
    }
    for (const Tensor& tensor : back->inputs) {
      if (tensor.type == DataType::bytes) {
        const auto elements = bytes_elements(tensor);
        ASSERT_TRUE(elements.has_value());
        EXPECT_EQ(static_cast<std::int64_t>(elements->size()), tensor.elements());
      } else {
        EXPECT_EQ(tensor.data.size(),
                  static_cast<std::size_t>(tensor.elements()) * size_of(tensor.type));
      }
    }
    const Encoded once_more = render_request(*back, false);
    const auto again = parse_request(once_more.content_type, length_of(once_more), once_more.body);
    ASSERT_TRUE(again.ok()) << again.error().message;
    expect_same(again->inputs, back->inputs);
    EXPECT_EQ(again->parameters, back->parameters);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OipProperty, testing::Range<std::uint64_t>(0, 200));

}  // namespace
}  // namespace paragon::oip
