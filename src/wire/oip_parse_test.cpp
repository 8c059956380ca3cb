// What the protocol accepts and refuses, by table.
#include "wire/oip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

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

}  // namespace
}  // namespace paragon::oip
