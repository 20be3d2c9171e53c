using Xunit;

namespace Spool.Tests;

public sealed class ErrorTableTests
{
    [Fact]
    public void Every_code_has_its_row_and_comes_back_from_its_reason()
    {
        foreach (var code in Enum.GetValues<ThreadStoreErrorCode>())
        {
            Assert.Equal(code, ErrorTable.For(code).Code);
            Assert.Equal(ErrorTable.For(code), ErrorTable.ForReason(ErrorTable.For(code).Reason));
        }
    }

    [Fact]
    public void Reasons_and_codes_of_the_wires_are_distinct_and_none_means_success()
    {
        var rows = Enum.GetValues<ThreadStoreErrorCode>().Select(ErrorTable.For).ToList();

        Assert.Equal(rows.Count, rows.Select(row => row.Reason).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(row => row.GrpcStatus).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(row => row.JsonRpcCode).Distinct().Count());
        Assert.All(rows, row => Assert.True(row is { GrpcStatus: > 0, ExitCode: > 0, JsonRpcCode: < 0 }));
    }

    [Fact]
    public void An_unknown_reason_has_no_row() => Assert.Null(ErrorTable.ForReason("OK"));
}
