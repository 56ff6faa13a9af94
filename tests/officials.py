"""An official at the workbook: fills the template for a policy that nobody has read, changes a figure. For tests and docs.

林江市绿色工厂奖补办法 is invented; the city bears a real code (430400). It needs a fact, an activity, and a kind of
recognition with its levels that no other document knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from policies.workbook.sheets import squeeze
from policies.workbook.writing import HEADERS

ID = "linjiang-2026-5"
SOURCE = [
    "林江市绿色工厂奖补办法",
    "林政发〔2026〕5号",
    "一、对能效水平达到先进及以上的制造业企业，建设屋顶光伏的，按不超过实际投入的10%给予补助，每户企业最高不超过80万元。",
    "二、对认定为市级绿色工厂的奖励10万元、省级绿色工厂的奖励30万元。",
    "三、同一企业获得的补助、奖励合计最高不超过100万元。本办法自2026年1月1日起施行，有效期至2027年12月31日，由市工业和信息化局解释。",
]
ROOF = (
    "一、对能效水平达到先进及以上的制造业企业，建设屋顶光伏的，按不超过实际投入的10%给予补助，每户企业最高不超过80万元"
)
TITLE = "对认定为市级绿色工厂的奖励10万元、省级绿色工厂的奖励30万元"

Sheets = Mapping[str, list[dict[str, object]]]

GREEN: Sheets = {
    "文件": [
        {
            "文件编号": ID, "简称": "林江绿色工厂办法", "全称": SOURCE[0], "文号": SOURCE[1], "发文机关": "林江市人民政府",
            "哪一级": "市级", "适用地区": "430400", "状态": "有效", "施行日期": "2026年1月1日", "截止日期": "2027/12/31",
            "申报主体": "企业", "解释单位": "市工业和信息化局",
        }
    ],
    "条款": [
        {"条款编号": f"{ID}-1", "条号": "一", "条款名称": "屋顶光伏补助", "原文": ROOF, "按什么给": "项目", "支持的建设内容": "屋顶光伏"},
        {"条款编号": f"{ID}-2", "条号": "二", "条款名称": "绿色工厂奖励", "原文": TITLE, "按什么给": "认定", "奖励的认定": "绿色工厂",
         "说法的力度": "应给", "一户一次": "是"},
    ],
    "条件": [
        {"编号": f"{ID}-1", "事实": "主营行业", "判断": "属于组", "值": "制造业各行业"},
        {"编号": f"{ID}-1", "事实": "能效水平", "判断": "不低于", "值": "先进"},
    ],
    "金额与档位": [
        {"条款编号": f"{ID}-1", "算法": "按比例", "金额或比例": "10%", "计算基数": "本条的投入", "上限": "80万元", "上限按谁算": "每户企业"},
        {"条款编号": f"{ID}-2", "档位编号": f"{ID}-2a", "档位名称": "市级绿色工厂", "达到级别": "市级", "算法": "定额", "金额或比例": "10 万元"},
        {"档位编号": f"{ID}-2b", "档位名称": "省级绿色工厂", "达到级别": "省级", "算法": "定额", "金额或比例": "３０万"},
    ],
    "限制与互斥": [
        {"编号": f"{ID}-total", "类型": "合计上限", "按谁算": "每户企业", "上限": "1,000,000", "上限按谁算": "每户企业", "条号": "三",
         "原文": "同一企业获得的补助、奖励合计最高不超过100万元", "怎么对企业说": "同一企业合计最高100万元。"}
    ],
    "口径说明": [
        {"编号": f"{ID}-industry", "问题": "绿色工厂奖励是否也只给制造业企业？", "从严": "只给制造业企业。", "从宽": "任何企业都可以得。",
         "采用": "从宽", "理由": "第二条没有写。", "怎么对企业说": "绿色工厂奖励是否限于制造业，以市工业和信息化局解释为准。",
         "涉及的条款": f"{ID}-2"}
    ],
    "案例": [
        {"案例编号": "共用", "企业情况": "测算日期=2026-06-30\n企业：注册地=430400；申报主体=企业；主营行业=其他制造业；能效水平=先进\n"
         "项目=没有\n认定=没有\n其他奖补=没有"},
        {"案例编号": f"{ID}-roof", "说明": "每户企业最高80万元", "怎么算出来的": "一：10% × 900万元 = 90万元，最高80万元",
         "企业情况": "项目：编号=P1；完工（验收）日期=2026-05-31；项目总投资=900万元；建设内容=屋顶光伏",
         "应得结果": f"最高可得=80万元\n金额：{ID}-1=80万元"},
        {"案例编号": f"{ID}-roof-average", "说明": "能效一般的不补", "怎么算出来的": "一：先进及以上",
         "企业情况": "企业：能效水平=一般\n项目：编号=P1；完工（验收）日期=2026-05-31；项目总投资=900万元；建设内容=屋顶光伏",
         "应得结果": f"最高可得=0元\n未计入：{ID}-1=级别不够"},
        {"案例编号": f"{ID}-title", "说明": "省级绿色工厂30万元", "怎么算出来的": "二：30万元",
         "企业情况": "认定：种类=绿色工厂；级别=省级；取得日期=2026-05-31", "应得结果": f"最高可得=30万元\n金额：{ID}-2b=30万元"},
    ],
    "事实": [
        {"类别": "事实", "名称": "能效水平", "编号": "energy_grade", "谁的": "企业", "怎么回答": "单选", "问题": "单位产品能耗处在什么能效水平？",
         "为什么问": "屋顶光伏补助要求能效水平先进及以上。", "有高低": "是"},
        {"类别": "选项", "属于": "能效水平", "名称": "一般", "编号": "average", "别的说法": "能效一般、普通"},
        {"类别": "选项", "属于": "能效水平", "名称": "先进", "编号": "advanced", "别的说法": "能效先进、行业先进"},
        {"类别": "选项", "属于": "能效水平", "名称": "领跑", "编号": "leading", "别的说法": "能效领跑者、标杆水平"},
        {"类别": "选项", "属于": "建设内容", "名称": "屋顶光伏", "编号": "roof_solar", "别的说法": "分布式光伏、厂房屋顶光伏"},
        {"类别": "认定", "名称": "绿色工厂", "编号": "green_factory", "别的说法": "绿色工厂认定、绿厂"},
        {"类别": "级别", "属于": "绿色工厂", "名称": "市级", "编号": "city"},
        {"类别": "级别", "属于": "绿色工厂", "名称": "省级", "编号": "province", "别的说法": "省级绿色工厂、自治区级"},
    ],
    "原文": [{"原文": line} for line in SOURCE],
}  # fmt: skip


def column(worksheet: Worksheet, header: str) -> int:
    """The column of a header, 1-based."""
    return next(int(c.column or 0) for c in worksheet[HEADERS] if squeeze(str(c.value)) == squeeze(header))


def fill(path: Path, sheets: Sheets = GREEN, document: str = ID) -> None:
    """Writes rows into a template, as a person would: the document's id once on top of each sheet."""
    workbook = load_workbook(path)
    for name, rows in sheets.items():
        worksheet = workbook[name]
        for number, row in enumerate(rows, HEADERS + 1):
            own = {"文件": document} if name != "文件" and (number == HEADERS + 1 or name == "事实") else {}
            for header, value in {**own, **row}.items():
                worksheet.cell(number, column(worksheet, header)).value = value
    workbook.save(path)


def put(path: Path, sheet: str, by: str, id_: str, header: str, value: object) -> str:
    """Changes one cell: in the row whose column `by` says `id_`, the column `header`. Returns the cell."""
    workbook = load_workbook(path)
    worksheet = workbook[sheet]
    at = column(worksheet, by)
    row = next(n for n in range(HEADERS + 1, worksheet.max_row + 1) if worksheet.cell(n, at).value == id_)
    cell = worksheet.cell(row, column(worksheet, header))
    cell.value = value
    workbook.save(path)
    return str(cell.coordinate)
