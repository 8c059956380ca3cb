#include "load/request.h"

#include <gtest/gtest.h>

#include "load/png.h"
#include "wire/oip.h"

namespace paragon {
namespace {

LabelledPictures one_picture() {
  const std::uint8_t grey[] = {0, 50, 100, 150, 200, 250};
  return {{std::make_shared<const std::string>(*encode_grey_png(3, 2, grey)), "image/png", "cat"}};
}

oip::InferRequest parsed(const PictureRequest& request) {
  auto result =
      oip::parse_request(request.headers.find("content-type"),
                         request.headers.find("inference-header-content-length"), *request.body);
  EXPECT_TRUE(result) << result.error().message;
  return std::move(result).value();
}

TEST(Request, RawIsTheFileItselfShared) {
  const LabelledPictures pictures = one_picture();
  const auto requests = make_requests(pictures, BodyForm::raw, "image");
  ASSERT_TRUE(requests);
  EXPECT_EQ(requests->front().body, pictures.front().bytes);  // the same object, no copy
  EXPECT_EQ(requests->front().headers.find("content-type"), "image/png");
  EXPECT_EQ(requests->front().label, "cat");
}

TEST(Request, BinaryCarriesTheFileAsOneElement) {
  const LabelledPictures pictures = one_picture();
  const auto requests = make_requests(pictures, BodyForm::binary, "picture");
  ASSERT_TRUE(requests);
  const auto request = parsed(requests->front());
  ASSERT_EQ(request.inputs.size(), 1U);
  EXPECT_EQ(request.inputs[0].name, "picture");
  EXPECT_EQ(request.inputs[0].type, oip::DataType::bytes);
  const auto elements = oip::bytes_elements(request.inputs[0]);
  ASSERT_TRUE(elements);
  EXPECT_EQ(elements->at(0), *pictures.front().bytes);
}

TEST(Request, JsonAndTensorCarryTheSamePixels) {
  for (const BodyForm form : {BodyForm::json, BodyForm::tensor}) {
    const auto requests = make_requests(one_picture(), form, "image");
    ASSERT_TRUE(requests);
    const auto request = parsed(requests->front());
    ASSERT_EQ(request.inputs.size(), 1U);
    EXPECT_EQ(request.inputs[0].type, oip::DataType::uint8);
    EXPECT_EQ(request.inputs[0].shape, (std::vector<std::int64_t>{2, 3, 3}));
    EXPECT_EQ(request.inputs[0].data.substr(3, 3), "222");  // grey 50 in three colours
  }
}

TEST(Request, JsonHasNoBinaryPart) {
  const auto requests = make_requests(one_picture(), BodyForm::json, "image");
  ASSERT_TRUE(requests);
  EXPECT_FALSE(requests->front().headers.has("inference-header-content-length"));
  EXPECT_EQ(requests->front().body->front(), '{');
}

TEST(Request, PixelsOfAJpegAreRefusedWithAdvice) {
  const LabelledPictures jpeg = {
      {std::make_shared<const std::string>("\xFF\xD8\xFF"), "image/jpeg", "x"}};
  EXPECT_TRUE(make_requests(jpeg, BodyForm::raw, "image"));
  const auto refused = make_requests(jpeg, BodyForm::tensor, "image");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("send them raw or binary"), std::string::npos);
}

TEST(Request, FormsHaveNames) {
  EXPECT_EQ(*body_form("raw"), BodyForm::raw);
  EXPECT_EQ(*body_form("tensor"), BodyForm::tensor);
  EXPECT_FALSE(body_form("xml"));
}

}  // namespace
}  // namespace paragon
