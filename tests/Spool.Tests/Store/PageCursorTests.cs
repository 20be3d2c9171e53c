using CsCheck;
using Spool.Storage;
using Xunit;

namespace Spool.Tests;

public sealed class PageCursorTests
{
    static readonly Gen<PageCursor> Cursors = Gen.Select(Gen.Long, Gen.Guid, (value, id) => new PageCursor(value, id));

    [Fact]
    public void A_cursor_comes_back_as_it_was() =>
        Gen.Select(Cursors, Gen.String).Sample((cursor, scope) => Assert.Equal(cursor, PageCursor.Decode(cursor.Encode(scope), scope)));

    [Fact]
    public void A_cursor_of_another_scope_is_refused() =>
        Gen.Select(Cursors, Gen.String, Gen.String).Where((_, mine, other) => mine != other).Sample((cursor, mine, other) => AssertRefused(cursor.Encode(mine), other));

    [Fact]
    public void Any_text_is_a_cursor_or_refused_and_nothing_else() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char.AlphaNumeric, 44, 44]).Sample(text => AssertRefused(text, "scope"));

    [Fact]
    public void A_cursor_with_one_other_character_is_refused_or_is_exactly_another_cursor() =>
        Gen.Select(Cursors, Gen.Int[0, 43], Gen.Char).Sample((cursor, at, other) =>
        {
            var text = cursor.Encode("scope");
            var changed = text[..at] + other + text[(at + 1)..];
            try
            {
                Assert.Equal(changed, PageCursor.Decode(changed, "scope").Encode("scope"));
            }
            catch (ThreadStoreException e)
            {
                Assert.Equal(ThreadStoreErrorCode.InvalidRequest, e.Code);
            }
        });

    [Fact]
    public void A_cursor_that_is_cut_or_longer_is_refused() =>
        Gen.Select(Cursors, Gen.Int[0, 43], Gen.String[1, 5]).Sample((cursor, length, more) =>
        {
            AssertRefused(cursor.Encode("scope")[..length], "scope");
            AssertRefused(cursor.Encode("scope") + more, "scope");
        });

    [Fact]
    public void The_scope_of_a_query_is_everything_but_limit_and_cursor()
    {
        var query = new ThreadQuery { Sources = ["a", "b"], Cwds = ["/x"], SearchTerm = "x" };
        ThreadQuery[] others =
        [
            query with { Sort = ThreadSort.Recency }, query with { Direction = SortDirection.Ascending }, query with { Archive = ArchiveFilter.Any },
            query with { Visibility = ThreadVisibility.All }, query with { Sources = ["a"] }, query with { Sources = ["a\n1:b"] }, query with { Sources = [], ModelProviders = ["a", "b"] },
            query with { Cwds = [] }, query with { SearchTerm = null }, query with { SearchTerm = "-" }, query with { SearchTerm = "x\n-" }, query with { Parent = default(ThreadId) },
        ];

        Assert.Equal(NormalQuery.ScopeOf(query), NormalQuery.ScopeOf(query with { Limit = 3, Cursor = "c", Sources = ["b", "a"] }));
        Assert.DoesNotContain(NormalQuery.ScopeOf(query), others.Select(NormalQuery.ScopeOf));
        Assert.Equal(others.Length, others.Select(NormalQuery.ScopeOf).Distinct().Count());
    }

    static void AssertRefused(string text, string scope) =>
        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, Assert.Throws<ThreadStoreException>(() => PageCursor.Decode(text, scope)).Code);
}
