using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>Lines are broken between words, and nothing of them is lost.</summary>
public sealed class WordWrapTests
{
    [Theory]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("one two", 7, "one two")]
    [InlineData("one  two", 5, "one|two")]
    [InlineData("  - one two three", 10, "  - one|  two|  three")]
    [InlineData("      one two", 10, "      one|  two")]
    [InlineData("abcdefghij", 4, "abcd|efgh|ij")]
    [InlineData("ab cdefghij", 4, "ab|cdef|ghij")]
    [InlineData("日本語の話", 5, "日本|語の|話")]
    [InlineData("a👩‍👩‍👧‍👦b", 2, "a|👩‍👩‍👧‍👦|b")]
    [InlineData("", 4, "")]
    [InlineData("日", 1, "日")]
    public void A_line_is_broken_at_words(string line, int width, string rows) =>
        Assert.Equal(rows, string.Join('|', WordWrap.Rows(line, width)));

    [Theory]
    [InlineData("\ta", "        a")]
    [InlineData("ab\tc\td", "ab      c       d")]
    [InlineData("日\tc", "日      c")]
    [InlineData("12345678\tc", "12345678        c")]
    public void A_tab_goes_to_the_next_stop(string line, string spaces) => Assert.Equal(spaces, WordWrap.ExpandTabs(line));

    [Fact]
    public void No_character_is_lost_and_no_row_is_too_wide() =>
        Gen.Select(Gen.String[Gen.Char["ab 日é👍\u0301"], 0, 80], Gen.Int[2, 30])
            .Sample(
                (line, width) =>
                {
                    var rows = WordWrap.Rows(line, width).ToList();

                    Assert.All(rows, row => Assert.True(CellText.Width(row) <= width, row));
                    Assert.Equal(Letters(line), Letters(string.Concat(rows)));
                }
            );

    static string Letters(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
