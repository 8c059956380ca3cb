#include "cloud/aws/profile_file.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace paragon::aws {
namespace {

using testing::HasSubstr;

Profiles parsed(std::string_view text, ProfileFile kind) {
  return parse_profiles(text, kind, "file").value();
}

TEST(ProfileFile, ReadsBothKinds) {
  EXPECT_EQ(
      parsed("[default]\naws_access_key_id = A\r\n\n# note\n[other]\nAWS_SECRET_ACCESS_KEY=a=b\n",
             ProfileFile::credentials),
      (Profiles{{"default", {{"aws_access_key_id", "A"}}},
                {"other", {{"aws_secret_access_key", "a=b"}}}}));
  EXPECT_EQ(
      parsed("[default]\nregion = eu-central-1\n[profile  \"a b\"]\nregion=x\n[sso-session y]\n"
             "region=z\n[profilex]\nregion=w\n",
             ProfileFile::config),
      (Profiles{{"default", {{"region", "eu-central-1"}}}, {"a b", {{"region", "x"}}}}));
}

TEST(ProfileFile, SettingsOfOtherServicesArePassedOver) {
  EXPECT_EQ(parsed("[default]\ns3 =\n  region = no\nregion = yes\n", ProfileFile::config),
            (Profiles{{"default", {{"s3", ""}, {"region", "yes"}}}}));
}

TEST(ProfileFile, APartThatComesTwiceIsOneAndTheLastValueCounts) {
  EXPECT_EQ(parsed("[a]\nx=1\ny=1\n[b]\n[a]\nx=2\n", ProfileFile::credentials),
            (Profiles{{"a", {{"x", "2"}, {"y", "1"}}}, {"b", {}}}));
}

TEST(ProfileFile, ComplaintsNameTheLineAndNotWhatIsOnIt) {
  for (const auto& [text, line] : {std::pair{"[default]\nSECRETKEY\n", "file:2: "},
                                   {"SECRETKEY=1\n", "file:1: "},
                                   {"[SECRETKEY\n", "file:1: "},
                                   {"\n\n  SECRETKEY=1\n", "file:3: "},
                                   {"[a]\n=SECRETKEY\n", "file:2: "}}) {
    const auto result = parse_profiles(text, ProfileFile::config, "file");
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid);
    EXPECT_THAT(result.error().message, testing::StartsWith(line));
    EXPECT_THAT(result.error().message, testing::Not(HasSubstr("SECRETKEY")));
  }
}

TEST(ProfileFile, AnyBytesAreReadOrRefused) {
  constexpr std::string_view kAlphabet = "[]=#; \tab\r\n\"\xEF\xBB\xBF";
  Random random(13);
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t k = random.below(24); k > 0; --k) {
      text += kAlphabet[random.below(kAlphabet.size())];
    }
    const auto result = parse_profiles(text, ProfileFile::config, "file");
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::invalid);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 19000);
}

}  // namespace
}  // namespace paragon::aws
