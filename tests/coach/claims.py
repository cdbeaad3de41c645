"""What no text of a mirror may claim, in every language it speaks, for all tests that read texts."""

from __future__ import annotations

import re

CLAIMS = {
    "en": "weak imbalanc dysfunction injur risk diagnos correct treat prevent ligament kneecap patell menisc "
    "cartilage tendon tight stiff",
    "es": "débil debilidad desequilibri disfunci lesion lesión riesg diagnos diagnós correg correc tratar "
    "tratamiento trata prevenir prevenci ligament rótula menisco cartílag tend[oó]n acortad rígid",
    "de": "schwach schwäch ungleichgewicht dysbalanc dysfunktion fehlfunktion verletz risik diagnos korrekt "
    "korrigier behandl therap verhinder vorbeug vermeid kreuzband seitenband innenband "
    "kniescheibe menisk knorpel sehne verkürz versteif",
    "zh": "弱 无力 失衡 不平衡 不均衡 功能障碍 受伤 损伤 伤害 风险 诊断 纠正 矫正 改正 正确 治疗 预防 防止 "
    "韧带 髌骨 半月板 软骨 肌腱 僵硬 紧张",
}
"""What a camera cannot know and a mirror must not promise: beginnings of words; in Chinese the words."""
FORBIDDEN = {
    language: re.compile(
        rf"{'' if language in ('de', 'zh') else chr(92) + 'b'}(?:{'|'.join(claims.split())})", re.I
    )
    for language, claims in CLAIMS.items()
}
