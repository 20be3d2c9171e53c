using System.Text;
using System.Text.Json;
using Xunit;

namespace Spool.Tests;

public sealed class ErrorJsonTests
{
    public static TheoryData<ThreadStoreErrorCode> Codes => [.. Enum.GetValues<ThreadStoreErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_error_comes_back_with_what_it_is_about(ThreadStoreErrorCode code)
    {
        var full = new ThreadStoreException(code, "A sentence.")
        {
            Owner = new WriterOwner("host", 7, "agent", new DateTimeOffset(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero))
            {
                LeaseLeft = TimeSpan.FromMilliseconds(12_345),
            },
            NextOrdinal = 12,
            Forks = [ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System)],
            RetryAfter = TimeSpan.FromMilliseconds(1500),
        };

        Assert.Equal(Data(full), Data(Back(full)));
        Assert.Equal(Data(new ThreadStoreException(code, "A sentence.")), Data(Back(new ThreadStoreException(code, "A sentence."))));
    }

    [Fact]
    public void Only_what_is_known_is_written() =>
        Assert.Equal(
            """{"code":"hasWriter","owner":{"program":"codex"}}""",
            Text(
                new ThreadStoreException(ThreadStoreErrorCode.HasWriter, "A sentence.")
                {
                    Owner = new WriterOwner(null, null, "codex", null),
                }
            )
        );

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"code":7}""")]
    [InlineData("""{"code":"ofTomorrow"}""")]
    public void What_has_no_code_that_is_known_is_no_error_of_a_store(string json) =>
        Assert.Null(ErrorJson.Read(Encoding.UTF8.GetBytes(json), "A sentence."));

    [Fact]
    public void A_member_that_is_malformed_is_left_out()
    {
        var error = ErrorJson.Read(
            """{"code":"notFound","owner":[],"nextOrdinal":"x","forks":[1,"x"],"retryAfterMs":-1}"""u8.ToArray(),
            "A sentence."
        )!;

        Assert.Equal(
            (ThreadStoreErrorCode.NotFound, null, null, 0, null),
            (error.Code, error.Owner, error.NextOrdinal, error.Forks.Count, error.RetryAfter)
        );
    }

    [Fact]
    public void An_error_that_is_made_again_says_the_same()
    {
        var error = new ThreadStoreException(ThreadStoreErrorCode.HasWriter, "A sentence.", new IOException())
        {
            Owner = new WriterOwner("h", 1, "p", null),
            NextOrdinal = 3,
            Forks = [ThreadId.New(TimeProvider.System)],
            RetryAfter = TimeSpan.FromSeconds(1),
        };

        Assert.Equal(Data(error), Data(error.Again()));
        Assert.Same(error.InnerException, error.Again().InnerException);
        Assert.Equal(Data(error) with { Message = "Another." }, Data(error.Again("Another.")));
        Assert.Same(error, error.Again("Another.").InnerException);
    }

    sealed record ErrorData(
        ThreadStoreErrorCode Code,
        string Message,
        WriterOwner? Owner,
        long? NextOrdinal,
        string Forks,
        TimeSpan? RetryAfter
    );

    static ErrorData Data(ThreadStoreException error) =>
        new(error.Code, error.Message, error.Owner, error.NextOrdinal, string.Join(',', error.Forks), error.RetryAfter);

    static ThreadStoreException Back(ThreadStoreException error) => ErrorJson.Read(Encoding.UTF8.GetBytes(Text(error)), error.Message)!;

    static string Text(ThreadStoreException error)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            ErrorJson.WriteMembers(writer, error);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
