using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class ThreadIdTests
{
    [Fact]
    public void An_id_comes_back_from_its_text_in_either_case() => Gen.Guid.Sample(value =>
    {
        var id = new ThreadId(value);
        Assert.Equal(id, ThreadId.Parse(id.ToString()));
        Assert.Equal(id, ThreadId.Parse(id.ToString().ToUpperInvariant()));
    });

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("01a20428d3ad73a192e6c2af64741e38")]
    [InlineData("{01a20428-d3ad-73a1-92e6-c2af64741e38}")]
    [InlineData(" 01a20428-d3ad-73a1-92e6-c2af64741e38")]
    [InlineData("01a20428-d3ad-73a1-92e6-c2af64741e3g")]
    public void Any_other_form_is_refused(string? text)
    {
        Assert.False(ThreadId.TryParse(text, out _));
        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, Assert.Throws<ThreadStoreException>(() => ThreadId.Parse(text)).Code);
    }

    [Fact]
    public void Any_text_is_an_id_or_refused() => Gen.String.Sample(text => Assert.Equal(text.Length == 36 && Guid.TryParseExact(text, "D", out _), ThreadId.TryParse(text, out _)));

    [Fact]
    public void A_new_id_carries_its_time_and_another_version_carries_none()
    {
        var time = new DateTimeOffset(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

        Assert.Equal(time, new ThreadId(Guid.CreateVersion7(time)).CreatedAt);
        Assert.Null(ThreadId.Parse("01a20428-d3ad-43a1-92e6-c2af64741e38").CreatedAt);
    }
}
