using System.Globalization;
using System.Text;
using CsCheck;
using Xunit;

namespace Spool.Tests;

/// <summary>Which texts are the same to people.</summary>
public sealed class FoldedTextTests
{
    static readonly Rune[] Runes =
    [
        .. Enumerable
            .Range(0, 0x110000)
            .Where(Rune.IsValid)
            .Select(point => new Rune(point))
            .Where(rune => rune.Value is < 0x20000 or > 0x2F000),
    ];

    static readonly string[] Odd =
    [
        "i",
        "I",
        "İ",
        "ı",
        "ß",
        "ẞ",
        "ς",
        "Σ",
        "\u0307",
        "\u0301",
        "\u0323",
        "\u0345",
        "\u1FB3",
        "한",
        "\uD800",
        "\uDC00",
    ];

    // Letters, marks, halves of characters and anything else.
    static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Char['a', 'z'].Select(c => c.ToString()),
            Gen.Int[0, Odd.Length - 1].Select(index => Odd[index]),
            Gen.Int[0, Runes.Length - 1].Select(index => Runes[index].ToString())
        )
        .Array[0, 12]
        .Select(string.Concat);

    [Fact]
    public void The_two_cases_of_every_character_are_one()
    {
        var apart = Runes.Where(rune =>
            Folded(Rune.ToUpperInvariant(rune)) != Folded(rune) || Folded(Rune.ToLowerInvariant(rune)) != Folded(rune)
        );

        // The runtime may know later letters than the table.
        Assert.DoesNotContain(apart, rune => rune.Value is < 0x1C89 or (> 0x1C8A and < 0xA7CB) or (> 0xA7DC and < 0x10D50) or > 0x10D8F);
    }

    [Fact]
    public void The_normal_forms_of_every_character_are_one()
    {
        // Without ICU the runtime normalizes nothing, and this proves nothing.
        Assert.SkipUnless("é".Normalize(NormalizationForm.FormD).Length == 2, "The runtime has no ICU.");
        foreach (var form in new[] { NormalizationForm.FormC, NormalizationForm.FormD })
            Assert.DoesNotContain(Runes, rune => FoldedText.Of(Normal(rune.ToString(), form)) != Folded(rune));
        Assert.DoesNotContain(
            Runes,
            rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned && !IsDecomposed(Folded(rune))
        );
    }

    [Fact]
    public void A_folded_text_is_decomposed_and_folded() =>
        Texts.Sample(text =>
        {
            var folded = FoldedText.Of(text);
            Assert.Equal(folded, FoldedText.Of(folded));
            Assert.InRange(folded.Length, 0, 4 * text.Length);
            Assert.True(FoldedText.AreSame(text, folded) && FoldedText.Contains(text, folded));
        });

    [Fact]
    public void A_text_contains_its_parts_and_nothing_else()
    {
        Gen.Select(Texts, Texts, Texts)
            .Sample(
                (before, middle, behind) =>
                {
                    var folded = FoldedText.Of(middle);
                    Assert.True(FoldedText.Contains(before + " " + middle + " . " + behind, FoldedText.Of(" " + middle + " ")));
                    Assert.True(!FoldedText.Contains(before, folded) || FoldedText.Of(before).Contains(folded, StringComparison.Ordinal));
                }
            );
        Assert.False(FoldedText.Contains("", "a"));
        Assert.True(FoldedText.Contains("e\u0301 e", "e"));
        Assert.True(FoldedText.Contains("é", ""));
        Assert.False(FoldedText.Contains("plain", FoldedText.Of("é")));
    }

    [Fact]
    public void Names_are_the_same_in_either_case_and_form()
    {
        Assert.True(FoldedText.AreSame("Größe CAFÉ", "GRÖSSE cafe\u0301"));
        Assert.True(FoldedText.AreSame("\u1FB3\u0301", "\u03B1\u0301\u0345")); // a mark that becomes a letter stands behind the others
        Assert.True(FoldedText.AreSame("i\u0307\u0301", "\u00ED"));
        Assert.False(FoldedText.AreSame("i\u0301\u0307", "\u00ED"));
        Assert.False(FoldedText.AreSame("cafe", "café"));
        Assert.True(FoldedText.AreSame(null, null));
        Assert.False(FoldedText.AreSame(null, ""));
    }

    [Fact]
    public void The_culture_does_not_count()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            Assert.Equal("iiii title", FoldedText.Of("Iiİı TITLE"));
            Assert.True(FoldedText.Contains("TITLE", "title"));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    static string Folded(Rune rune) => FoldedText.Of(rune.ToString());

    static bool IsDecomposed(string text) => Normal(text, NormalizationForm.FormD) == text;

    // The runtime refuses what is no character.
    static string Normal(string text, NormalizationForm form)
    {
        try
        {
            return text.Normalize(form);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}
