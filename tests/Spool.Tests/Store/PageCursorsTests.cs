using System.Buffers.Text;
using System.Numerics;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class PageCursorsTests
{
    static readonly Gen<PageKind> Kinds = Gen.Int[1, 3].Select(number => (PageKind)number);
    static readonly Gen<SortDirection> Directions = Gen.Bool.Select(ascending =>
        ascending ? SortDirection.Ascending : SortDirection.Descending
    );
    static readonly Gen<PageCursors> Lists = Gen.Select(
        Kinds,
        Gen.String,
        Directions,
        (kind, scope, direction) => new PageCursors(kind, scope, direction)
    );
    static readonly Gen<PagePosition> Positions = Gen.Select(Gen.Long, Gen.Guid, (value, id) => new PagePosition(value, id));

    [Fact]
    public void A_cursor_comes_back_as_it_was() =>
        Gen.Select(Lists, Positions)
            .Sample(
                (cursors, position) =>
                {
                    var text = cursors.Next(position);
                    Assert.Equal(PageCursors.Length, text.Length);
                    Assert.Equal(position, cursors.Read(text));
                }
            );

    [Fact]
    public void A_cursor_of_another_scope_kind_or_direction_is_refused_and_the_error_says_which() =>
        Gen.Select(Kinds, Kinds, Gen.String, Gen.String, Directions, Directions)
            .Select(Positions)
            .Sample(
                (lists, position) =>
                {
                    var (kind, otherKind, scope, otherScope, direction, otherDirection) = lists;
                    var text = new PageCursors(kind, scope, direction).Next(position);
                    var other = new PageCursors(otherKind, otherScope, otherDirection);
                    if ((kind, scope, direction) == (otherKind, otherScope, otherDirection))
                        Assert.Equal(position, other.Read(text));
                    else
                        AssertRefused(
                            other,
                            text,
                            kind != otherKind ? "this is a page of"
                                : scope != otherScope ? "another query or thread"
                                : "the other direction"
                        );
                }
            );

    [Fact]
    public void Any_text_is_refused_that_is_no_cursor() =>
        Gen.OneOf(
                Gen.String,
                Gen.String[Gen.Char.AlphaNumeric, 44, 52],
                Gen.String[Gen.Char.AlphaNumeric, PageCursors.Length, PageCursors.Length]
            )
            .Select(Lists)
            .Sample((text, cursors) => AssertRefused(cursors, text));

    [Fact]
    public void A_cursor_with_one_other_character_is_damaged() =>
        Gen.Select(Lists, Positions, Gen.Int[0, PageCursors.Length - 1], Gen.OneOf(Gen.Char, Gen.Char.AlphaNumeric))
            .Sample(
                (cursors, position, at, other) =>
                {
                    var text = cursors.Next(position);
                    if (text[at] != other)
                        AssertRefused(cursors, text[..at] + other + text[(at + 1)..], "damaged");
                }
            );

    [Fact]
    public void A_cursor_that_is_cut_or_longer_is_damaged_and_one_that_is_longer_than_any_is_not_looked_at() =>
        Gen.Select(Lists, Positions, Gen.Int[0, PageCursors.Length - 1], Gen.String[1, 5])
            .Sample(
                (cursors, position, length, more) =>
                {
                    var text = cursors.Next(position);
                    AssertRefused(cursors, text[..length], "damaged");
                    AssertRefused(cursors, text + more, "damaged");
                    AssertRefused(cursors, text + new string('A', PageCursors.MaxLength - PageCursors.Length), "damaged");
                    AssertRefused(cursors, text + new string('A', PageCursors.MaxLength - PageCursors.Length + 1), "longer than any");
                }
            );

    [Fact]
    public void A_cursor_of_the_earlier_version_or_of_a_later_one_is_known_for_what_it_is() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[0, 300], Gen.Byte.Where(version => version > 2))
            .Sample(
                (first, later, version) =>
                {
                    var cursors = new PageCursors(PageKind.Threads, "scope", SortDirection.Descending);
                    AssertRefused(cursors, Base64Url.EncodeToString([1, .. first]), "another version");
                    byte[] content = [version, .. later];
                    AssertRefused(cursors, Base64Url.EncodeToString([.. content, .. Checksum(content)]), "another version");
                    AssertRefused(cursors, Base64Url.EncodeToString([2, .. later, .. Checksum([2, .. later])]));
                }
            );

    [Fact]
    public void A_cursor_of_turns_or_items_belongs_to_its_thread()
    {
        var (one, two) = (ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e38"), ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e39"));
        var position = new PagePosition(7, Guid.Empty);

        Assert.Equal(
            position,
            PageCursors
                .Of(new ListTurnsRequest(one) { Limit = 3 })
                .Read(PageCursors.Of(new ListTurnsRequest(one) { Cursor = "c" }).Next(position))
        );
        AssertRefused(
            PageCursors.Of(new ListTurnsRequest(two)),
            PageCursors.Of(new ListTurnsRequest(one)).Next(position),
            "another query or thread"
        );
        AssertRefused(
            PageCursors.Of(new ListItemsRequest(two)),
            PageCursors.Of(new ListItemsRequest(one)).Next(position),
            "another query or thread"
        );
        AssertRefused(
            PageCursors.Of(new ListItemsRequest(one)),
            PageCursors.Of(new ListTurnsRequest(one)).Next(position),
            "one of turns, and this is a page of items"
        );
    }

    [Fact]
    public void A_cursor_of_a_query_belongs_to_everything_of_it_but_limit_and_cursor()
    {
        var query = new ThreadQuery
        {
            Sources = ["a", "b"],
            Cwds = ["/x"],
            SearchTerm = "x",
        };
        ThreadQuery[] others =
        [
            query with
            {
                Sort = ThreadSort.Recency,
            },
            query with
            {
                Direction = SortDirection.Ascending,
            },
            query with
            {
                Archive = ArchiveFilter.Any,
            },
            query with
            {
                Visibility = ThreadVisibility.All,
            },
            query with
            {
                Sources = ["a"],
            },
            query with
            {
                Sources = ["a\n1:b"],
            },
            query with
            {
                Sources = [],
                ModelProviders = ["a", "b"],
            },
            query with
            {
                Cwds = [],
            },
            query with
            {
                SearchTerm = null,
            },
            query with
            {
                SearchTerm = "-",
            },
            query with
            {
                SearchTerm = "x\n-",
            },
            query with
            {
                Parent = default(ThreadId),
            },
        ];
        string CursorOf(ThreadQuery of) => NormalQuery.Of(of).CursorBehind(new PagePosition(7, Guid.Empty));

        Assert.Equal(CursorOf(query), CursorOf(query with { Limit = 3, Cursor = CursorOf(query), Sources = ["b", "a"] }));
        ThreadQuery[] all = [query, .. others];
        foreach (var one in all)
        {
            foreach (var other in all.Where(other => other != one))
                AssertRefused(() => NormalQuery.Of(other with { Cursor = CursorOf(one) }));
        }
    }

    static byte[] Checksum(byte[] content)
    {
        var crc = ~content.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        return [(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }

    static void AssertRefused(PageCursors cursors, string text, string why = "") => AssertRefused(() => cursors.Read(text), why);

    static void AssertRefused(Func<object> read, string why = "")
    {
        var refused = Assert.Throws<ThreadStoreException>(read);
        Assert.Equal(ThreadStoreErrorCode.InvalidCursor, refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("; start again without a cursor.", refused.Message, StringComparison.Ordinal);
    }
}
