using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>What clients make of an error who do not know its code: Spool's own from before there were codes, as it was then, and those of
/// Codex's contract.</summary>
public sealed class EarlierClientTests
{
    // What the client of before knew, by the reason alone.
    static readonly string[] Reasons =
    [
        "INTERNAL",
        "INVALID_REQUEST",
        "NOT_FOUND",
        "CONFLICT",
        "ARCHIVED",
        "RESOURCE_EXHAUSTED",
        "UNAVAILABLE",
        "CORRUPT",
        "UNSUPPORTED",
    ];

    [Theory]
    [InlineData(ThreadStoreErrorCode.Internal, "INTERNAL", "Refused")]
    [InlineData(ThreadStoreErrorCode.InvalidRequest, "INVALID_REQUEST", "Refused")]
    [InlineData(ThreadStoreErrorCode.InvalidCursor, "INVALID_REQUEST", "Refused")]
    [InlineData(ThreadStoreErrorCode.Unauthenticated, "INVALID_REQUEST", "NotAllowed")]
    [InlineData(ThreadStoreErrorCode.PermissionDenied, "INVALID_REQUEST", "NotAllowed")]
    [InlineData(ThreadStoreErrorCode.NotFound, "NOT_FOUND", "Refused")]
    [InlineData(ThreadStoreErrorCode.AlreadyExists, "CONFLICT", "Refused")]
    [InlineData(ThreadStoreErrorCode.HasWriter, "CONFLICT", "Refused")]
    [InlineData(ThreadStoreErrorCode.WrongOrdinal, "CONFLICT", "Refused")]
    [InlineData(ThreadStoreErrorCode.WriterLost, "CONFLICT", "Refused")]
    [InlineData(ThreadStoreErrorCode.Referenced, "CONFLICT", "Refused")]
    [InlineData(ThreadStoreErrorCode.Archived, "ARCHIVED", "Refused")]
    [InlineData(ThreadStoreErrorCode.Busy, "RESOURCE_EXHAUSTED", "Busy")]
    [InlineData(ThreadStoreErrorCode.TooLarge, "RESOURCE_EXHAUSTED", "Refused")]
    [InlineData(ThreadStoreErrorCode.ResourceExhausted, "RESOURCE_EXHAUSTED", "Refused")]
    [InlineData(ThreadStoreErrorCode.Unavailable, "UNAVAILABLE", "OutcomeUnknown")]
    [InlineData(ThreadStoreErrorCode.OutcomeUnknown, "UNAVAILABLE", "OutcomeUnknown")]
    [InlineData(ThreadStoreErrorCode.Corrupt, "CORRUPT", "Refused")]
    [InlineData(ThreadStoreErrorCode.Unsupported, "UNSUPPORTED", "Refused")]
    [Guarantee("REMO-86")]
    public void A_client_of_before_sees_a_reason_that_it_knows_with_the_message_and_the_owner_and_does_what_is_safe(
        ThreadStoreErrorCode code,
        string reason,
        string kind
    )
    {
        var owner = new WriterOwner("host", 7, "agent", new DateTimeOffset(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero));
        var wire = WireErrors.ToRpc(new ThreadStoreException(code, "A sentence.") { Owner = owner });
        var info = wire.GetRpcStatus()!.GetDetail<ErrorInfo>()!;

        Assert.Contains(info.Reason, Reasons);
        Assert.Equal((reason, "A sentence.", kind), (info.Reason, wire.Status.Detail, KindOf(wire, info)));
        Assert.Equal(("host", "7", "agent"), (info.Metadata["host"], info.Metadata["process_id"], info.Metadata["program"]));
        Assert.Equal(owner.Since, DateTimeOffset.Parse(info.Metadata["since"], CultureInfo.InvariantCulture));
    }

    [Fact, Guarantee("REMO-87")]
    public void Clients_of_Codex_see_each_code_as_one_of_the_kinds_that_they_know()
    {
        var kinds = Enum.GetValues<ThreadStoreErrorCode>()
            .ToDictionary(
                code => code,
                code =>
                    WireErrors.ToRpc(new ThreadStoreException(code, "A sentence.")).StatusCode switch
                    {
                        StatusCode.InvalidArgument => "InvalidRequest",
                        StatusCode.NotFound => "ThreadNotFound",
                        StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.Aborted => "Conflict",
                        _ => "Internal",
                    }
            );

        Assert.Equal([ThreadStoreErrorCode.InvalidRequest, ThreadStoreErrorCode.InvalidCursor], Of("InvalidRequest"));
        Assert.Equal([ThreadStoreErrorCode.NotFound], Of("ThreadNotFound"));
        Assert.Equal(
            [
                ThreadStoreErrorCode.AlreadyExists,
                ThreadStoreErrorCode.HasWriter,
                ThreadStoreErrorCode.WrongOrdinal,
                ThreadStoreErrorCode.WriterLost,
                ThreadStoreErrorCode.Referenced,
                ThreadStoreErrorCode.Archived,
            ],
            Of("Conflict")
        );

        IEnumerable<ThreadStoreErrorCode> Of(string kind) => kinds.Where(entry => entry.Value == kind).Select(entry => entry.Key);
    }

    // As the client of before decided, for what a store says.
    static string KindOf(RpcException error, ErrorInfo info) =>
        info.Metadata.GetValueOrDefault("lease") == "unknown" ? "UnknownLease"
        : info.Metadata.GetValueOrDefault("server") == "busy" ? "Busy"
        : error.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied ? "NotAllowed"
        : info.Reason != "UNAVAILABLE" ? "Refused"
        : info.Metadata.GetValueOrDefault("server") == "stopping" ? "Passing"
        : "OutcomeUnknown";
}
