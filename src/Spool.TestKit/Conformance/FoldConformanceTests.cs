using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of how lists compare what people type: <see cref="ThreadQuery.SearchTerm"/> and
/// <see cref="ThreadQuery.Repositories"/>.</summary>
public class FoldConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    const string Composed = "Caf\u00E9 \u1ED9 \u00C5";
    const string Decomposed = "Cafe\u0301 o\u0323\u0302 A\u030A";

    static readonly string[] SameRepository =
    [
        "https://example.com/caf\u00E9/Straße.git",
        "git@EXAMPLE.com:CAFE\u0301/STRASSE",
        "https://example.com/cafe/strasse",
    ];

    /// <summary>FOLD-01.</summary>
    [Fact, Guarantee("FOLD-01")]
    public async Task A_search_finds_an_accent_however_it_is_stored_and_typed()
    {
        var store = await OpenAsync([
            Asking(2, $"In the {Composed} of"),
            Asking(4, $"In the {Decomposed} of"),
            Asking(6, "Named") with
            {
                Name = Decomposed,
            },
            Asking(8, "한국어"),
            Asking(10, "\u1112\u1161\u11AB\u1100\u116E\u11A8\u110B\u1165"),
        ]);

        // the last one has its marks in another order
        foreach (var term in new[] { Composed, Decomposed, "CAF\u00C9", "CAFE\u0301", "\u00E5", "\u212B", "\u1ED8", "o\u0302\u0323" })
            await AssertFoundAsync(store, term, 2, 4, 6);
        await AssertFoundAsync(store, "국", 8, 10);
        await AssertFoundAsync(store, "\u1100\u116E\u11A8", 8, 10);
    }

    /// <summary>FOLD-02.</summary>
    [Fact, Guarantee("FOLD-02")]
    public async Task A_search_knows_letters_of_which_one_is_two_in_the_other_case()
    {
        var store = await OpenAsync([Asking(2, "Straße"), Asking(4, "STRASSE"), Asking(6, "STRA\u1E9EE"), Asking(8, "\uFB01n")]);

        foreach (var term in new[] { "straße", "STRASSE", "Strasse", "stra\u1E9Ee" })
            await AssertFoundAsync(store, term, 2, 4, 6);
        await AssertFoundAsync(store, "FIN", 8);
    }

    /// <summary>FOLD-03.</summary>
    [Fact, Guarantee("FOLD-03")]
    public async Task A_search_takes_the_sigma_at_the_end_of_a_word_for_a_sigma()
    {
        var store = await OpenAsync([Asking(2, "ΟΔΟΣ"), Asking(4, "οδος"), Asking(6, "οδοσ"), Asking(8, "οδο")]);

        foreach (var term in new[] { "οδος", "ΟΔΟΣ", "οδοσ" })
            await AssertFoundAsync(store, term, 2, 4, 6);
    }

    /// <summary>FOLD-04: whatever the culture of the process.</summary>
    [Fact, Guarantee("FOLD-04")]
    public async Task A_search_takes_the_four_letters_i_of_turkish_for_one()
    {
        var store = await OpenAsync([
            Asking(2, "\u0130STANBUL"),
            Asking(4, "istanbul"),
            Asking(6, "\u0131stanbul"),
            Asking(8, "I\u0307stanbul"),
            Asking(10, "\u00CDstanbul"),
        ]);

        foreach (var term in new[] { "istanbul", "ISTANBUL", "\u0130stanbul", "\u0131STANBUL", "i\u0307stanbul" })
            await AssertFoundAsync(store, term, 2, 4, 6, 8);
    }

    /// <summary>FOLD-05.</summary>
    [Fact, Guarantee("FOLD-05")]
    public async Task Accents_count_in_a_search_and_no_letter_is_found_without_its_accent()
    {
        var store = await OpenAsync([Asking(2, "resume"), Asking(4, "r\u00E9sum\u00E9"), Asking(6, "re\u0301sume\u0301"), Asking(8, "한")]);

        await AssertFoundAsync(store, "resume", 2);
        await AssertFoundAsync(store, "RESUM", 2);
        await AssertFoundAsync(store, "sume", 2);
        await AssertFoundAsync(store, "sum", 2, 4, 6);
        await AssertFoundAsync(store, "R\u00C9", 4, 6);
        await AssertFoundAsync(store, "r\u00E8");
        await AssertFoundAsync(store, "하");
    }

    /// <summary>FOLD-06.</summary>
    [Fact, Guarantee("FOLD-06")]
    public async Task A_search_for_any_text_has_an_answer()
    {
        const int many = 3000;
        var marks = string.Concat(Enumerable.Repeat("\u0301\u0323\u0345\U0001D165", many / 4));
        var store = await OpenAsync([
            Asking(2, "o" + marks + "!"),
            Asking(4, "half \uFFFD"),
            Asking(6, "\U0001F9F5 \uFFFF \u200D \U000E0041"),
        ]);

        await AssertFoundAsync(store, "O" + marks + "!", 2);
        foreach (var half in new[] { "\uD800", "\uDC00", "HALF \uDBFF" })
            await AssertFoundAsync(store, half, 4);
        await AssertFoundAsync(store, "\U0001F9F5 \uFFFF \u200D \U000E0041", 6);
        await AssertFoundAsync(store, "o");
        foreach (var huge in new[] { "a", "é", "ß", "\u0323\u0301", "\uD800", "\u0130", "\uFDFA" })
            await AssertFoundAsync(store, string.Concat(Enumerable.Repeat(huge, 100_000 / huge.Length)));
    }

    /// <summary>FOLD-07.</summary>
    [Fact, Guarantee("FOLD-07")]
    public async Task Searches_for_texts_that_are_the_same_to_people_take_each_others_cursors()
    {
        var store = await OpenAsync([Asking(2, Composed), Asking(4, Decomposed)]);
        var first = await store.ListAsync(new ThreadQuery { SearchTerm = "CAFE\u0301", Limit = 1 }, Cancellation);

        var second = await store.ListAsync(
            new ThreadQuery
            {
                SearchTerm = "caf\u00E9",
                Limit = 1,
                Cursor = first.NextCursor,
            },
            Cancellation
        );
        Assert.Equal((SeedIds.Id(4), SeedIds.Id(2)), (Assert.Single(first.Items).Id, Assert.Single(second.Items).Id));
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidCursor,
            async () => await store.ListAsync(new ThreadQuery { SearchTerm = "cafe", Cursor = first.NextCursor }, Cancellation)
        );
    }

    /// <summary>FOLD-08.</summary>
    [Fact, Guarantee("FOLD-08")]
    public async Task The_name_of_a_repository_is_compared_like_a_search()
    {
        var store = await OpenAsync(
            SameRepository.Select(
                (url, index) =>
                    RolloutLines
                        .From(
                            new RolloutHead(SeedIds.Id((index + 1) * 2), SeedIds.Epoch.AddMinutes(index))
                            {
                                Git = new GitInfo("0123abcd", "main", url),
                            }
                        )
                        .Turn("Question")
                        .ToSeed()
            )
        );

        foreach (var name in new[] { "Café/strasse", "cafe\u0301/STRASSE", "example.com/CAF\u00C9/stra\u1E9Ee" })
            await AssertFoundAsync(store, new ThreadQuery { Repositories = [name] }, 2, 4);
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["cafe/straße"] }, 6);
    }

    static ThreadSeed Asking(int number, string question) =>
        SampleHome.Log(number, SeedIds.Epoch.AddMinutes(number)).Turn(question).ToSeed();

    static Task AssertFoundAsync(IThreadStore store, string term, params int[] expected) =>
        AssertFoundAsync(store, new ThreadQuery { SearchTerm = term }, expected);

    static async Task AssertFoundAsync(IThreadStore store, ThreadQuery query, params int[] expected)
    {
        var threads = await store.ListAllAsync(query with { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal(expected, threads.Select(thread => (int)thread.Id.Value.ToByteArray(bigEndian: true)[^1]));
    }
}
