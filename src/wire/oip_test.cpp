// What the protocol accepts and refuses, by table, and that what is rendered reads back equal.
#include "wire/oip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>

#include "base/random.h"

namespace paragon::oip {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string with_input(const std::string& input, const std::string& more = "") {
  return R"({"inputs":[{"name":"x",)" + input + "}]" + more + "}";
}

template <class T>
std::vector<T> values(const Tensor& tensor) {
  std::vector<T> out(tensor.data.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), tensor.data.data(), tensor.data.size());
  return out;
}

TEST(ParseRequest, ReadsEveryField) {
  const auto request = parse_request("application/json", "", R"({
    "id": "42", "unknown": {"deep": [1, {"x": null}]},
    "parameters": {"slo_latency_ms": 250, "slo_min_accuracy": 0.9, "explain": true,
                   "tenant": "a\u00e9", "absent": null, "binary_data_output": true},
    "outputs": [{"name": "labels", "parameters": {"binary_data": false, "classification": 3}},
                {"name": "scores"}],
    "inputs": [{"data": [[1, 2], [3, 4.5]], "shape": [2, 2], "datatype": "FP32", "name": "x",
                "parameters": {"other": 1}}]})");
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->id, "42");
  EXPECT_EQ(request->parameters.size(), 4u);
  EXPECT_EQ(std::get<std::int64_t>(request->parameters.at("slo_latency_ms")), 250);
  EXPECT_EQ(std::get<double>(request->parameters.at("slo_min_accuracy")), 0.9);
  EXPECT_EQ(std::get<bool>(request->parameters.at("explain")), true);
  EXPECT_EQ(std::get<std::string>(request->parameters.at("tenant")), "a\xC3\xA9");
  EXPECT_TRUE(request->binary_outputs);
  ASSERT_EQ(request->outputs.size(), 2u);
  EXPECT_FALSE(request->outputs[0].binary);
  EXPECT_EQ(request->outputs[0].classification, 3);
  EXPECT_TRUE(request->outputs[1].binary);
  EXPECT_EQ(values<float>(request->inputs.at(0)), (std::vector<float>{1, 2, 3, 4.5f}));
  EXPECT_FALSE(request->raw);
}

TEST(ParseRequest, ReadsEveryTypeAtItsLimits) {
  const struct {
    const char* input;
    std::string data;
  } cases[] = {
      {R"("datatype":"BOOL","shape":[4],"data":[true,false,1,0])", std::string("\1\0\1\0", 4)},
      {R"("datatype":"UINT8","shape":[2],"data":[0,255])", std::string("\0\xFF", 2)},
      {R"("datatype":"INT8","shape":[2],"data":[-128,127])", "\x80\x7F"},
      {R"("datatype":"UINT16","shape":[1],"data":[65535])", "\xFF\xFF"},
      {R"("datatype":"INT16","shape":[1],"data":[-32768])", std::string("\0\x80", 2)},
      {R"("datatype":"UINT32","shape":[1],"data":[4294967295])", "\xFF\xFF\xFF\xFF"},
      {R"("datatype":"INT32","shape":[1],"data":[-2147483648])", std::string("\0\0\0\x80", 4)},
      {R"("datatype":"UINT64","shape":[1],"data":[18446744073709551615])", std::string(8, '\xFF')},
      {R"("datatype":"INT64","shape":[1],"data":[-9223372036854775808])",
       std::string("\0\0\0\0\0\0\0\x80", 8)},
      {R"("datatype":"FP32","shape":[1],"data":[1])", std::string("\0\0\x80\x3F", 4)},
      {R"("datatype":"FP64","shape":[],"data":[-2.0])", std::string("\0\0\0\0\0\0\0\xC0", 8)},
      {R"("datatype":"BYTES","shape":[2],"data":["ab",""])", std::string("\2\0\0\0ab\0\0\0\0", 10)},
      {R"("datatype":"FP32","shape":[2,0],"data":[[],[]])", ""},
      {R"("datatype":"FP32","shape":[0],"data":[])", ""},
      {R"("datatype":"INT8","shape":[1,1,2],"data":[[[1,2]]])", "\1\2"},
      {R"("datatype":"INT8","shape":[1,2,2],"data":[[1,2],[3,4]])", "\1\2\3\4"},
      {R"("datatype":"INT8","shape":[2,2],"data":[1,2,3,4])", "\1\2\3\4"},
  };
  for (const auto& one : cases) {
    const auto request = parse_request("", "", with_input(one.input));
    ASSERT_TRUE(request.ok()) << one.input << ": " << request.error().message;
    EXPECT_EQ(request->inputs[0].data, one.data) << one.input;
  }
}

TEST(ParseRequest, RefusesWithTheTensorAndTheField) {
  const struct {
    std::string body;
    std::vector<const char*> said;
  } cases[] = {
      {"", {"JSON"}},
      {"{", {"JSON"}},
      {"[]", {"object", "array"}},
      {"{\"inputs\":[]} x", {"JSON"}},
      {"{}", {"'inputs' is missing"}},
      {R"({"inputs":[]})", {"'inputs' is empty"}},
      {R"({"inputs":{}})", {"'inputs' must be an array"}},
      {R"({"inputs":[1]})", {"input 0", "object"}},
      {R"({"inputs":[{}]})", {"input 0", "'name' is missing"}},
      {R"({"inputs":[{"name":""}]})", {"input 0", "empty"}},
      {R"({"inputs":[{"name":7}]})", {"input 0", "'name'", "string"}},
      {R"({"id":7,"inputs":[]})", {"'id'", "string"}},
      {R"({"parameters":[],"inputs":[]})", {"parameters", "object"}},
      {R"({"parameters":{"a":{}},"inputs":[]})", {"'a'", "object"}},
      {R"({"parameters":{"a":18446744073709551615},"inputs":[]})", {"'a'", "2^63"}},
      {R"({"parameters":{"binary_data_output":1},"inputs":[]})", {"binary_data_output", "boolean"}},
      {R"({"inputs":[],"inputs":[]})", {"'inputs' is given twice"}},
      {with_input(R"("datatype":"FP32")"), {"'x'", "'shape' is missing"}},
      {with_input(R"("shape":[1])"), {"'x'", "'datatype' is missing"}},
      {with_input(R"("datatype":"FP128","shape":[1])"), {"'x'", "FP128"}},
      {with_input(R"("datatype":"FP32","shape":[1])"), {"'x'", "'data'"}},
      {with_input(R"("datatype":"FP32","shape":3,"data":[1])"), {"'x'", "'shape'", "array"}},
      {with_input(R"("datatype":"FP32","shape":[1.5],"data":[1])"), {"'x'", "'shape'"}},
      {with_input(R"("datatype":"FP32","shape":[-1],"data":[1])"), {"'x'", "'shape'", "-1"}},
      {with_input(R"("datatype":"FP32","shape":[4294967296,4294967296],"data":[1])"),
       {"'x'", "too many"}},
      {with_input(R"("datatype":"FP32","shape":[0,4294967296,4294967296],"data":[])"),
       {"'x'", "too many"}},
      {with_input(R"("datatype":"FP32","shape":[2],"data":[1])"), {"'x'", "1 elements", "2"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":[1,2])"), {"'x'", "more", "1"}},
      {with_input(R"("datatype":"FP32","shape":[1000000000000],"data":[1])"),
       {"'x'", "1 elements"}},
      {with_input(R"("datatype":"FP32","shape":[2,2],"data":[[1],[2,3,4]])"), {"'x'", "regular"}},
      {with_input(R"("datatype":"FP32","shape":[2],"data":[[1],2])"), {"'x'", "regular"}},
      {with_input(R"("datatype":"FP32","shape":[2],"data":[1,[2]])"), {"'x'", "regular"}},
      {with_input(R"("datatype":"FP32","shape":[2],"data":[[1],[[2]]])"), {"'x'", "regular"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":1)"), {"'x'", "'data'", "array"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":["1"])"), {"'x'", "element 0", "string"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":[null])"), {"'x'", "element 0", "null"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":[1e300])"), {"'x'", "range of FP32"}},
      {with_input(R"("datatype":"UINT8","shape":[2],"data":[1,300])"),
       {"'x'", "element 1", "300", "range of UINT8"}},
      {with_input(R"("datatype":"UINT8","shape":[1],"data":[-1])"),
       {"'x'", "-1", "range of UINT8"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[128])"), {"'x'", "128", "INT8"}},
      {with_input(R"("datatype":"UINT32","shape":[1],"data":[4294967296])"), {"'x'", "UINT32"}},
      {with_input(R"("datatype":"INT64","shape":[1],"data":[9223372036854775808])"),
       {"'x'", "INT64"}},
      {with_input(R"("datatype":"UINT64","shape":[1],"data":[-1])"), {"'x'", "UINT64"}},
      {with_input(R"("datatype":"INT32","shape":[1],"data":[1.5])"), {"'x'", "whole number"}},
      {with_input(R"("datatype":"BOOL","shape":[1],"data":[2])"), {"'x'", "true or false"}},
      {with_input(R"("datatype":"BYTES","shape":[1],"data":[1])"), {"'x'", "string"}},
      {with_input(R"("datatype":"FP16","shape":[1],"data":[1])"), {"'x'", "FP16", "binary"}},
      {with_input(R"("datatype":"BF16","shape":[1],"data":[1])"), {"'x'", "BF16", "binary"}},
      {with_input(R"("datatype":"FP32","shape":[1],"data":[1],"data":[2])"), {"'data'", "twice"}},
      {with_input(R"("datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4})"),
       {"'x'", "Inference-Header-Content-Length"}},
      {with_input(R"("datatype":"FP32","shape":[1],"parameters":7,"data":[1])"),
       {"'x'", "'parameters'"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[1]},{"name":"x","datatype":"INT8",)"
                  R"("shape":[1],"data":[1])"),
       {"'x'", "given twice"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[1])",
                  R"(,"outputs":[{"name":"a"},{"name":"a"}])"),
       {"'a'", "given twice"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[1])", R"(,"outputs":[{}])"),
       {"output 0", "'name'"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[1])",
                  R"(,"outputs":[{"name":"a","parameters":{"classification":-1}}])"),
       {"'a'", "classification"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":[1])",
                  R"(,"outputs":[{"name":"a","parameters":{"binary_data":"yes"}}])"),
       {"'a'", "binary_data", "boolean"}},
      {R"({"inputs":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
       {"nested deeper"}},
      {with_input(R"("datatype":"INT8","shape":[1],"data":)" + std::string(70, '[') + "1" +
                  std::string(70, ']')),
       {"nested deeper"}},
      {"{\"inputs\":\"\xFF\"}", {"JSON"}},
  };
  for (const auto& one : cases) {
    const auto request = parse_request("application/json", "", one.body);
    const std::string shown = one.body.substr(0, 200);
    ASSERT_FALSE(request.ok()) << shown;
    EXPECT_EQ(request.error().code, ErrorCode::invalid) << shown;
    for (const char* word : one.said) {
      EXPECT_THAT(request.error().message, HasSubstr(word)) << shown;
    }
  }
}

TEST(ParseRequest, TakesTensorsFromTheBinaryPartInOrder) {
  const std::string json =
      R"({"inputs":[
        {"name":"a","datatype":"FP16","shape":[2],"parameters":{"binary_data_size":4}},
        {"name":"j","datatype":"INT8","shape":[1],"data":[5]},
        {"name":"b","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}},
        {"name":"z","datatype":"FP32","shape":[0],"parameters":{"binary_data_size":0}},
        {"name":"t","datatype":"BOOL","shape":[2],"parameters":{"binary_data_size":2}}]})";
  const std::string binary = "abcd" + bytes_data({"xyz", ""}) + std::string("\0\7", 2);
  const auto length = std::to_string(json.size());
  const auto request = parse_request("application/octet-stream", length, json + binary);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->inputs[0].data, "abcd");
  EXPECT_EQ(request->inputs[1].data, "\5");
  EXPECT_THAT(*bytes_elements(request->inputs[2]), testing::ElementsAre("xyz", ""));
  EXPECT_EQ(request->inputs[4].data, std::string("\0\1", 2));  // any non-zero byte is true

  const auto short_by_one = json + binary.substr(0, binary.size() - 1);
  EXPECT_THAT(parse_request("", length, short_by_one).error().message,
              AllOf(HasSubstr("'t'"), HasSubstr("binary_data_size")));
  EXPECT_THAT(parse_request("", length, json + binary + "!").error().message,
              HasSubstr("belong to no tensor"));
  EXPECT_THAT(parse_request("", "999999", json).error().message, HasSubstr("999999"));
  for (const char* bad : {"-1", "1x", " 1", "99999999999999999999999"}) {
    EXPECT_THAT(parse_request("", bad, json).error().message, HasSubstr("whole number")) << bad;
  }
}

TEST(ParseRequest, RefusesBinaryPartsThatDoNotFit) {
  const struct {
    const char* input;
    std::string binary;
    const char* said;
  } cases[] = {
      {R"("datatype":"FP32","shape":[2],"parameters":{"binary_data_size":4})", "abcd", "make 8"},
      {R"("datatype":"FP32","shape":[1],"parameters":{"binary_data_size":-4})", "abcd", "negative"},
      {R"("datatype":"FP32","shape":[1],"parameters":{"binary_data_size":"4"})", "abcd", "whole"},
      {R"("datatype":"FP32","shape":[1],"data":[1],"parameters":{"binary_data_size":4})", "abcd",
       "both"},
      {R"("datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":4})", "\xFF\xFF\xFF\xFF",
       "add up"},
      {R"("datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":2})", "ab", "add up"},
      {R"("datatype":"BYTES","shape":[3],"parameters":{"binary_data_size":4})",
       std::string(4, '\0'), "1 elements"},
      {R"("datatype":"FP32","shape":[1],"parameters":{"binary_data_size":18446744073709551615})",
       "abcd", "are left"},
  };
  for (const auto& one : cases) {
    const std::string json = with_input(one.input);
    const auto request = parse_request("", std::to_string(json.size()), json + one.binary);
    ASSERT_FALSE(request.ok()) << one.input;
    EXPECT_THAT(request.error().message, AllOf(HasSubstr("'x'"), HasSubstr(one.said)));
  }
}

TEST(ParseRequest, TakesARawPicture) {
  for (const auto& [type, length, binary] : {std::tuple{"image/jpeg", "", false},
                                             {"Image/PNG; q=1", "", false},
                                             {"image/jpeg", "0", true},
                                             {"application/octet-stream", "0", true}}) {
    const auto request = parse_request(type, length, "\xFF\xD8picture");
    ASSERT_TRUE(request.ok()) << type << ": " << request.error().message;
    EXPECT_TRUE(request->raw);
    EXPECT_EQ(request->binary_outputs, binary);
    EXPECT_EQ(request->inputs[0].name, "image");
    EXPECT_EQ(request->inputs[0].shape, std::vector<std::int64_t>{1});
    EXPECT_THAT(*bytes_elements(request->inputs[0]), testing::ElementsAre("\xFF\xD8picture"));
  }
  EXPECT_FALSE(parse_request("image/jpeg", "", "").ok());
  EXPECT_FALSE(parse_request("application/octet-stream", "", "\xFF\xD8picture").ok());
}

TEST(ParseResponse, ReadsNullAsNotANumber) {
  const auto response = parse_response(
      "",
      R"({"model_name":"m","outputs":[{"name":"y","datatype":"FP64","shape":[1],"data":[null]}]})");
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_TRUE(std::isnan(values<double>(response->outputs[0])[0]));
  EXPECT_THAT(parse_response("", R"({"model_name":"m"})").error().message, HasSubstr("'outputs'"));
}

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
