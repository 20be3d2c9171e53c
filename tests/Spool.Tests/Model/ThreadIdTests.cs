using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class ThreadIdTests
{
    [Fact]
    public void An_id_comes_back_from_its_text_in_either_case() =>
        Gen.Guid.Sample(value =>
        {
            var id = new ThreadId(value);
            Assert.Equal(id, ThreadId.Parse(id.ToString()));
            Assert.Equal(id, ThreadId.Parse(id.ToString().ToUpperInvariant()));
        });

    [Theory]
    [InlineData("")]
    [InlineData("01a20428d3ad73a192e6c2af64741e38")]
    [InlineData("{01a20428-d3ad-73a1-92e6-c2af64741e38}")]
    [InlineData(" 01a20428-d3ad-73a1-92e6-c2af64741e38")]
    [InlineData("01a20428-d3ad-73a1-92e6-c2af64741e3g")]
    public void Any_other_form_is_refused(string text)
    {
        Assert.False(ThreadId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.Throws<FormatException>(() => ThreadId.Parse(text));
        Assert.Throws<FormatException>(() => Parse<ThreadId>(text));
        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, Assert.Throws<ThreadStoreException>(() => ThreadIds.Read(text)).Code);
    }

    [Fact]
    public void No_text_is_misuse_where_it_is_read_and_no_id_where_it_is_tried()
    {
        Assert.False(ThreadId.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => ThreadId.Parse(null!));
    }

    [Fact]
    public void Ids_are_in_the_order_of_their_texts() =>
        Gen.Select(Gen.Guid, Gen.Guid)
            .Sample(
                (a, b) =>
                {
                    var (one, other) = (new ThreadId(a), new ThreadId(b));
                    var order = Math.Sign(string.CompareOrdinal(one.ToString(), other.ToString()));
                    Assert.Equal(order, Math.Sign(one.CompareTo(other)));
                    bool[] said = [one < other, one > other, one <= other, one >= other];
                    Assert.Equal([order < 0, order > 0, order <= 0, order >= 0], said);
                    Assert.Equal(one, Parse<ThreadId>(one.ToString()));
                }
            );

    static T Parse<T>(string text)
        where T : ISpanParsable<T> => T.Parse(text.AsSpan(), null);

    [Fact]
    public void Any_text_is_an_id_or_refused() =>
        Gen.String.Sample(text => Assert.Equal(text.Length == 36 && Guid.TryParseExact(text, "D", out _), ThreadId.TryParse(text, out _)));

    [Fact]
    public void A_new_id_carries_its_time_and_another_version_carries_none()
    {
        var time = new DateTimeOffset(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

        Assert.Equal(time, new ThreadId(Guid.CreateVersion7(time)).CreatedAt);
        Assert.Null(ThreadId.Parse("01a20428-d3ad-43a1-92e6-c2af64741e38").CreatedAt);
    }

    [Fact]
    public void Any_id_carries_a_time_or_none_and_only_one_past_the_year_9999_is_past_time() =>
        Gen.OneOf(Gen.Guid, Gen.ULong.Select(Version7))
            .Sample(value =>
            {
                var id = new ThreadId(value);
                Assert.Equal(value.Version == 7, id.CreatedAt is not null || id.IsPastTime);
                Assert.False(id.CreatedAt is not null && id.IsPastTime);
            });

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
    public void Any_clock_makes_ids(string clock, string carried) =>
        Assert.Equal(Time(carried), ThreadId.New(new Clock(Time(clock))).CreatedAt);

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    static Guid Version7(ulong bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, (bits & 0xffff_ffff_ffff_0fff) | 0x7000);
        return new Guid(bytes, bigEndian: true);
    }

    sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
